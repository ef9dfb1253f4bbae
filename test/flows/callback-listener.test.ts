import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { browserUserAgent } from '../../src/cli/user-agent/browser.js';
import { type CallbackListener, openCallbackListener } from '../../src/cli/user-agent/callback-listener.js';

/** The answer to a callback that names another host, as a page does after DNS rebinding. */
function statusFrom(redirectUri: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(`${redirectUri}?code=1`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).once('error', reject);
  });
}

let listener: CallbackListener | undefined;

afterEach(async () => {
  await listener?.close();
  listener = undefined;
});

describe('the callback listener', () => {
  it('listens on 127.0.0.1 and gives the whole callback, with a page that repeats nothing of it', async () => {
    listener = await openCallbackListener();
    expect(listener.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    const waiting = listener.callback(new AbortController().signal, { state: '<script>' });
    const answer = await fetch(`${listener.redirectUri}?code=a%2Bb&state=%3Cscript%3E`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toMatch(/script|a\+b/);
    expect(await waiting).toBe(`${listener.redirectUri}?code=a%2Bb&state=%3Cscript%3E`);
  });

  it('takes nothing else for a callback', async () => {
    listener = await openCallbackListener();
    let came = false;
    const waiting = listener.callback(AbortSignal.timeout(300), { state: null }).then((url) => {
      came = url !== undefined;
    });
    const { redirectUri } = listener;
    for (const path of ['/favicon.ico', '/callback', '/callback/x?code=1', '/?code=1']) {
      expect((await fetch(new URL(path, redirectUri))).status).toBe(404);
    }
    expect((await fetch(`${redirectUri}?code=1`, { method: 'POST' })).status).toBe(405);
    expect(await statusFrom(redirectUri, 'attacker.example')).toBe(403);
    expect(await statusFrom(redirectUri, new URL(redirectUri).host.replace('127.0.0.1', 'localhost'))).toBe(
      403,
    );
    await waiting;
    expect(came).toBe(false);
  });

  it('waits on where a callback has another state, with a page that says so', async () => {
    listener = await openCallbackListener();
    const others: number[] = [];
    const waiting = listener.callback(new AbortController().signal, {
      state: 'right',
      onOther: () => others.push(1),
    });
    for (const query of ['code=1&state=wrong', 'error=access_denied', 'code=1&state=right%00']) {
      const other = await fetch(`${listener.redirectUri}?${query}`);
      expect(other.status).toBe(400);
      expect(await other.text()).toMatch(/Not the answer that was waited for/);
    }
    const right = await fetch(`${listener.redirectUri}?code=2&state=right`);
    expect(right.status).toBe(200);
    expect(await waiting).toBe(`${listener.redirectUri}?code=2&state=right`);
    expect(others).toHaveLength(3);
  });

  it('gives the one with another state at the end of its time, so that it can be told', async () => {
    listener = await openCallbackListener();
    const waiting = listener.callback(new AbortController().signal, { state: 'right', limit: 300 });
    await fetch(`${listener.redirectUri}?code=1&state=wrong`);
    expect(await waiting).toBe(`${listener.redirectUri}?code=1&state=wrong`);
    const again = listener.callback(new AbortController().signal, { state: 'right', limit: 100 });
    expect(await again).toBeUndefined();
  });

  it('waits for another callback after the first, as a client does that steps up', async () => {
    listener = await openCallbackListener();
    for (const state of ['one', 'two']) {
      const waiting = listener.callback(new AbortController().signal, { state });
      await fetch(`${listener.redirectUri}?code=1&state=${state}`);
      expect(await waiting).toContain(`state=${state}`);
    }
  });
});

describe('the browser as user agent', () => {
  it('prints the URL, and stops waiting when it is interrupted', async () => {
    const said: string[] = [];
    const agent = await browserUserAgent({ open: false, say: (line) => said.push(line) });
    const interruption = new AbortController();
    const visit = agent.visit('https://as.example/authorize?a=1&b=2\u001b[2J', interruption);
    interruption.abort();
    expect(await visit).toMatchObject({ kind: 'stopped', reason: 'interrupted' });
    await agent.close();
    expect(said.join('\n')).toContain('https://as.example/authorize?a=1&b=2\\u001b[2J');
  });
});
