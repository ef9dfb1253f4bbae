import { describe, expect, it } from 'vitest';
import { FORM, HTML, servedFlows, TOKEN } from './support.js';

const STREAMS = ['/flows/view', '/flows/exchanges'];
const HOURS = 3600;

async function signedIn() {
  const served = servedFlows({ token: TOKEN });
  const response = await served.fetch('/flows/sign-in', {
    method: 'POST',
    headers: FORM,
    body: `token=${TOKEN}`,
  });
  const cookie = response.headers.getSetCookie()[0]!.split(';')[0]!;
  const signOut = async () => {
    const page = await (await served.fetch('/flows', { headers: { ...HTML, cookie } })).text();
    const csrf = /name="csrf_token" value="([^"]+)"/.exec(page)![1]!;
    return served.fetch('/flows/sign-out', {
      method: 'POST',
      headers: { ...FORM, cookie },
      body: new URLSearchParams({ csrf_token: csrf }).toString(),
    });
  };
  return { ...served, cookie, signOut };
}

/** Whether a stream ends within the time that nothing else would take. */
async function ends(response: Response): Promise<boolean> {
  const reader = response.body!.getReader();
  for (let chunks = 0; chunks < 5; chunks += 1) {
    const silence = new Promise<'silent'>((resolve) => void setTimeout(() => resolve('silent'), 400));
    const read = await Promise.race([reader.read(), silence]);
    if (read === 'silent') break;
    if (read.done) return true;
  }
  await reader.cancel();
  return false;
}

describe('a stream of flows that is open', () => {
  it.each(STREAMS)('ends when its viewer signs out: %s', async (path) => {
    const { fetch, cookie, signOut, tick } = await signedIn();
    const stream = await fetch(path, { headers: { cookie } });
    expect((await signOut()).status).toBe(303);
    tick();
    expect(await ends(stream)).toBe(true);
  });

  it.each(STREAMS)('ends with the sign-in: %s', async (path) => {
    const { fetch, cookie, wait, tick } = await signedIn();
    const stream = await fetch(path, { headers: { cookie } });
    wait(13 * HOURS);
    tick();
    expect(await ends(stream)).toBe(true);
  });

  it.each(STREAMS)('tells nothing more before it is looked at: %s', async (path) => {
    const { fetch, cookie, wait } = await signedIn();
    const stream = await fetch(path, { headers: { cookie } });
    wait(13 * HOURS);
    const reader = stream.body!.getReader();
    const silence = new Promise<'silent'>((resolve) => void setTimeout(() => resolve('silent'), 300));
    expect(await Promise.race([reader.read(), silence])).toBe('silent');
    await reader.cancel();
  });

  it.each(STREAMS)('goes on for who is signed in, and for a program with the token: %s', async (path) => {
    const { fetch, cookie, signOut, wait, tick } = await signedIn();
    wait(11 * HOURS);
    const mine = await fetch(path, { headers: { cookie } });
    tick();
    expect(await ends(mine)).toBe(false);
    const program = await fetch(path, { headers: { authorization: `Bearer ${TOKEN}` } });
    await signOut();
    tick();
    expect(await ends(program)).toBe(false);
  });
});

describe('a sign-out', () => {
  it('that does not come from a page of this viewer ends nothing', async () => {
    const { fetch, cookie, close } = await signedIn();
    for (const body of ['', 'csrf_token=', `csrf_token=${'x'.repeat(43)}`]) {
      const response = await fetch('/flows/sign-out', { method: 'POST', headers: { ...FORM, cookie }, body });
      expect(response.status).toBe(403);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect((await fetch('/flows', { headers: { ...HTML, cookie } })).status).toBe(200);
    await close();
  });
});

describe('who asks for the head of a stream only', () => {
  it('takes no place of those who read it', async () => {
    const { fetch, close } = servedFlows();
    for (let asked = 0; asked < 40; asked += 1) {
      const head = await fetch('/flows/view', { method: 'HEAD' });
      expect([head.status, head.body]).toEqual([200, null]);
    }
    const stream = await fetch('/flows/view');
    expect(stream.status).toBe(200);
    await stream.body!.cancel();
    await close();
  });
});
