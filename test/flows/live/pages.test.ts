import { parse } from 'parse5';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../../src/flows/index.js';
import { createFlowPages } from '../../../src/flows/live/flow-pages.js';
import type { Viewer } from '../../../src/flows/live/viewers.js';
import type { LeverResult, OfferedLever } from '../../../src/shared/oauth/client-levers.js';
import { systemClock } from '../../../src/shared/clock.js';
import { documentWith, HOSTILE_TEXTS, inTurn } from '../render/hostile-document.js';
import { goodFlow } from '../render/flows.js';
import { documentAlways, scriptedWatch, watchedClient, watchedFlow } from './scripted-watch.js';
import { readViews } from './views.js';

const ORIGIN = 'http://localhost:9000';

const VIEWER: Viewer = { csrfToken: 'csrf-of-this-viewer', signedIn: false, byToken: false };

let document: FlowDocument;

beforeAll(async () => {
  document = await goodFlow();
});

interface Opened {
  readonly shown?: FlowDocument;
  readonly skipped?: number;
  readonly offered?: readonly OfferedLever[];
  readonly result?: LeverResult;
}

function openPages({ shown = document, skipped = 0, offered = [], result }: Opened = {}) {
  const script = scriptedWatch();
  const pages = createFlowPages({
    watch: script.watch,
    recorder: 'first',
    skipped: () => skipped,
    clock: systemClock,
    milliseconds: () => performance.now(),
    levers: {
      offered: async () => offered,
      notice: (id) => (id === 'noted' ? result : undefined),
    },
    documentOf: documentAlways(shown),
    pace: { views: 5, latest: 20, silence: 40 },
  });
  const get = (path: string, init?: RequestInit) =>
    pages.fetch(new Request(`${ORIGIN}${path}`, init), VIEWER);
  const text = async (path: string) => (await get(path)).text();
  return { ...script, pages, get, text };
}

describe('the live page', () => {
  it('says how to begin while nobody has come', async () => {
    const { text } = openPages();
    expect(await text('/flows')).toContain('No client has come yet');
  });

  it('lists flows and clients, and shows the newest flow, without any script', async () => {
    const { put, setClients, text } = openPages();
    setClients([watchedClient({ clientId: 'abc', name: 'Some editor', flows: ['f1'] })]);
    put(watchedFlow({ id: 'f1', clientId: 'abc' }));
    put(watchedFlow({ id: 'f2', client: { name: 'VS Code', evidence: ['its redirect URIs'] } }));
    const page = await text('/flows');
    expect(page).toContain('href="/flows?flow=f1"');
    expect(page).toContain('href="/flows?client=abc"');
    expect(page).toContain('Some editor');
    expect(page).toMatch(/id="f2-head"[\s\S]*VS Code[\s\S]*its redirect URIs/);
    expect(page).not.toContain('id="f1-head"');
    expect(page).toContain('<svg');
  });

  it('shows the flow that is asked for, and only the flows of a client that is asked for', async () => {
    const { put, text } = openPages();
    put(watchedFlow({ id: 'f1', clientId: 'abc' }));
    put(watchedFlow({ id: 'f2', clientId: 'other' }));
    expect(await text('/flows?flow=f1')).toContain('id="f1-head"');
    const ofOne = await text('/flows?client=abc');
    expect(ofOne).toContain('id="item-f1"');
    expect(ofOne).toContain('id="f1-head"');
    expect(ofOne).not.toContain('id="item-f2"');
    expect(await text('/flows?client=nobody')).toContain('No flow of this client is kept');
    expect(await text('/flows?flow=f99')).toContain('There is no flow f99 here');
  });

  it('leads from a flow to the one that it goes on from', async () => {
    const { put, text } = openPages();
    put(watchedFlow({ id: 'f1', clientId: 'abc' }));
    put(watchedFlow({ id: 'f2', clientId: 'def', follows: 'f1' }));
    const head = (page: string) => /id="f\d-head"[\s\S]*?<\/section>/.exec(page)?.[0];
    expect(head(await text('/flows?flow=f2'))).toContain('<a href="/flows?flow=f1">f1</a>');
    expect(head(await text('/flows?flow=f1'))).not.toContain('Goes on from');
  });

  it('lists 50 flows at once, and the older ones behind a link', async () => {
    const { put, text } = openPages();
    for (let number = 1; number <= 120; number += 1) put(watchedFlow({ id: `f${number}` }));
    const items = (page: string) => [...page.matchAll(/id="item-(f\d+)"/g)].map(([, id]) => id);
    const first = await text('/flows');
    expect(items(first)).toHaveLength(50);
    expect(first).toContain('70 older flows');
    const [, next] = /href="([^"]*before[^"]*)"/.exec(first) ?? [];
    expect(items(await text(next!.replaceAll('&#38;', '&')))[0]).toBe('f70');
  });

  it('says how many exchanges nobody wrote down', async () => {
    expect(await openPages({ skipped: 7 }).text('/flows')).toContain('7 exchanges came faster');
    expect(await openPages().text('/flows')).not.toContain('came faster');
  });

  it('may load nothing from elsewhere, run no other script, and be framed by nobody', async () => {
    const { headers } = await openPages().get('/flows');
    const policy = headers.get('content-security-policy')!;
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "form-action 'self'",
    ]) {
      expect(policy).toContain(directive);
    }
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('serves its script as it is', async () => {
    const response = await openPages().get('/flows/live.js');
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(await response.text()).toContain('EventSource');
  });

  it.each([
    ['GET', '/flows/'],
    ['GET', '/flows/f1.exe'],
    ['GET', '/flows/f1.json.json'],
    ['GET', '/flows/f2.json'],
    ['GET', '/flows/constructor.json'],
    ['GET', '/flows/..%2f..%2fpackage.json'],
    ['POST', '/flows'],
    ['DELETE', '/flows/f1.json'],
  ])('%s %s is not there', async (method, path) => {
    const { put, get } = openPages();
    put(watchedFlow({ id: 'f1' }));
    expect((await get(path, { method })).status).toBe(404);
  });
});

describe('the levers on the live page', () => {
  const offered: readonly OfferedLever[] = [
    { lever: 'revoke', label: 'Revoke its tokens', does: 'its tokens end', cannot: ['a JWT lives on'] },
    { lever: 'forget', label: 'Forget it', does: 'it goes', cannot: [], impossible: 'it is configured' },
  ];

  it('are forms with the token of the viewer, each with what it cannot do', async () => {
    const { put, text } = openPages({ offered });
    put(watchedFlow({ id: 'f1', clientId: 'abc' }));
    const page = await text('/flows');
    expect(page).toMatch(/<form action="\/flows\/levers" method="post">[\s\S]*name="lever" value="revoke"/);
    expect(page).toContain('name="client_id" value="abc"');
    expect(page).toContain('name="csrf_token" value="csrf-of-this-viewer"');
    expect(page).toContain('A JWT lives on.');
    expect(page).toMatch(/aria-describedby="lever-forget"\s+disabled/);
    expect(page).toContain('Not possible: It is configured.');
  });

  it('are not drawn for a flow whose client nobody knows', async () => {
    const { put, text } = openPages({ offered });
    put(watchedFlow({ id: 'f1' }));
    expect(await text('/flows')).not.toContain('/flows/levers');
  });

  it('are where the authorization server is, if that is another process', async () => {
    const { put, text } = openPages();
    put(watchedFlow({ id: 'f1', clientId: 'abc', issuer: 'http://localhost:9000' }));
    expect(await text('/flows')).toContain('href="http://localhost:9000/flows"');
  });

  it('leave a notice of what came of them', async () => {
    const result: LeverResult = {
      lever: 'revoke',
      client_id: 'abc',
      pulled: true,
      said: 'two sign-ins ended',
      cannot: [],
    };
    const { text } = openPages({ result });
    expect(await text('/flows?client=abc&notice=noted')).toContain('Two sign-ins ended.');
    expect(await text('/flows?client=abc&notice=other')).not.toContain('Two sign-ins ended.');
  });
});

describe('a flow to take along', () => {
  it.each([
    ['json', 'application/json', '"version": 1'],
    ['har', 'application/json', '"log"'],
    ['mmd', 'text/plain', 'sequenceDiagram'],
    ['md', 'text/markdown', '#'],
    ['html', 'text/html', '<!doctype html>'],
  ])('comes as .%s', async (extension, type, beginning) => {
    const { put, get } = openPages();
    put(watchedFlow({ id: 'f1' }));
    const response = await get(`/flows/f1.${extension}`);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('content-disposition')).toContain(`f1.${extension}`);
    expect(await response.text()).toContain(beginning);
  });
});

describe('texts of others on the live page', () => {
  it.each(HOSTILE_TEXTS)('%j stays text', async (hostile) => {
    const { put, setClients, text } = openPages({ shown: documentWith(document, inTurn([hostile])) });
    setClients([watchedClient({ clientId: hostile || 'x', name: hostile })]);
    const spec = { title: hostile, url: hostile };
    put(
      watchedFlow({
        id: 'f1',
        clientId: hostile,
        client: { name: hostile, evidence: [hostile] },
        target: hostile,
        issuer: hostile,
        reason: hostile,
        findings: [
          {
            id: hostile,
            severity: 'problem',
            what: hostile,
            evidence: [hostile],
            who: 'client',
            change: hostile,
            spec,
          },
        ],
      }),
    );
    const page = await text(`/flows?${new URLSearchParams({ client: hostile, flow: 'f1' })}`);
    const names = new Set<string>();
    const collect = (node: object): void => {
      if ('tagName' in node) names.add(String(node.tagName));
      if ('attrs' in node) {
        for (const { name, value } of node.attrs as { name: string; value: string }[]) {
          expect(name).not.toMatch(/^on/i);
          if (name === 'href') expect(value).toMatch(/^(?:#|\/flows|https?:|data:,$)/);
        }
      }
      if ('childNodes' in node) for (const child of node.childNodes as object[]) collect(child);
    };
    collect(parse(page));
    for (const name of ['img', 'iframe', 'object', 'b', 'base']) expect(names).not.toContain(name);
    expect(page.match(/<script/g)).toHaveLength(1);
  });
});

describe('the stream of views', () => {
  it('begins with the whole page, and goes on with the pieces that changed', async () => {
    const { put, get, pages } = openPages();
    put(watchedFlow({ id: 'f1' }));
    const views = readViews(await get('/flows/view'));
    const first = await views.next();
    expect(first.recorder).toBe('first');
    expect(first.pieces.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['clients', 'flows', 'f1-head', 'f1-diagram']),
    );
    expect(first.pieces.every(({ html }) => html !== undefined)).toBe(true);
    put(watchedFlow({ id: 'f1', outcome: 'completed' }), 'flow-ended');
    const second = await views.next();
    const sent = second.pieces.filter(({ html }) => html !== undefined).map(({ id }) => id);
    expect(sent).toEqual(['flows', 'f1-head']);
    expect(second.pieces.map(({ id }) => id)).toEqual(first.pieces.map(({ id }) => id));
    await pages.close();
  });

  it('says in one line what happened', async () => {
    const { put, get } = openPages();
    const views = readViews(await get('/flows/view'));
    await views.next();
    put(
      watchedFlow({ id: 'f1', client: { name: 'VS Code', evidence: [] }, outcome: 'completed' }),
      'flow-ended',
    );
    expect((await views.next()).latest).toBe('f1 VS Code: completed');
    await views.cancel();
  });

  it('goes on to the newest flow, unless one was chosen', async () => {
    const { put, get } = openPages();
    put(watchedFlow({ id: 'f1' }));
    const newest = readViews(await get('/flows/view'));
    const chosen = readViews(await get('/flows/view?flow=f1'));
    await newest.next();
    await chosen.next();
    put(watchedFlow({ id: 'f2' }));
    expect((await newest.next()).pieces.map(({ id }) => id)).toContain('f2-head');
    const stays = (await chosen.next()).pieces.map(({ id }) => id);
    expect(stays).toContain('f1-head');
    expect(stays).not.toContain('f2-head');
    await newest.cancel();
    await chosen.cancel();
  });

  it('sends few views while very much happens, and the last of it', async () => {
    const { put, get } = openPages();
    const views = readViews(await get('/flows/view'));
    await views.next();
    for (let number = 1; number <= 2000; number += 1) put(watchedFlow({ id: `f${number}` }));
    let count = 0;
    let ids: readonly string[] = [];
    while (!ids.includes('f2000-head')) {
      ids = (await views.next()).pieces.map(({ id }) => id);
      count += 1;
    }
    expect(count).toBeLessThan(5);
    await views.cancel();
  });

  it('gives a sign of life while nothing happens', async () => {
    const { get } = openPages();
    const response = await get('/flows/view');
    const views = readViews(response);
    await views.next();
    expect(await views.nextComment()).toBe('still here');
    await views.cancel();
  });

  it('is left by whoever goes, and ends when the server does', async () => {
    const { get, pages, listeners } = openPages();
    const before = listeners.size;
    const one = readViews(await get('/flows/view'));
    const other = readViews(await get('/flows/view'));
    expect(listeners.size).toBe(before + 2);
    await one.cancel();
    await expect.poll(() => listeners.size).toBe(before + 1);
    await other.next();
    await pages.close();
    expect(await other.ended()).toBe(true);
    expect(listeners.size).toBe(before);
  });

  it('is not there for a 33rd viewer at once', async () => {
    const { get, pages } = openPages();
    for (let count = 0; count < 32; count += 1) expect((await get('/flows/view')).status).toBe(200);
    const refused = await get('/flows/view');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    await pages.close();
    expect((await get('/flows/view')).status).toBe(200);
    await pages.close();
  });
});
