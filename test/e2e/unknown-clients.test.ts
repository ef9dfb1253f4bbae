import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, run, startPair } from '../support/cli.js';
import { createEditor } from '../support/editor.js';

let pair: Listening | undefined;
afterEach(async () => {
  await pair?.stop('SIGKILL');
});

/** The way to a working connection, seen from the client. */
const DISCOVERY = ['initialize 401', 'PRM 200', 'AS metadata 200'];
const REGISTERED = [...DISCOVERY, '/register 201', '/authorize new id', '/token 200', 'initialize 200'];

describe('a client that holds an id from an earlier life of the authorization server', () => {
  it('with adopt goes on with it, and never registers', async () => {
    pair = await startPair('--unknown-clients=adopt');
    const editor = createEditor(fetch, pair.resource, 'stale-id');
    await editor.connect();
    expect(editor.seen).toEqual([...DISCOVERY, '/authorize old id', '/token 200', 'initialize 200']);
  });

  it('with reregister gets a void token, and registers when the MCP server refuses that', async () => {
    pair = await startPair('--unknown-clients=reregister');
    const editor = createEditor(fetch, pair.resource, 'stale-id');
    await editor.connect();
    expect(editor.seen).toEqual([...DISCOVERY, '/authorize old id', '/token 200', ...REGISTERED]);
    expect(editor.clientId()).not.toBe('stale-id');
    const events = pair.events();
    const told = events.map(({ kind }) => kind);
    const story = [
      'client.adopted',
      'client.told_to_register',
      'token.introspected',
      'bearer.challenged',
      'client.registered',
      'token.issued',
    ];
    expect(told.filter((kind, at) => story.includes(String(kind)) && told.indexOf(kind) === at)).toEqual([
      'bearer.challenged',
      ...story.filter((kind) => kind !== 'bearer.challenged'),
    ]);
    expect(events.filter(({ kind }) => kind === 'token.issued')).toMatchObject([{ route: 'dcr' }]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'bearer.challenged', status: 401, reason: 'token_inactive' }),
    );
  });

  it('with reject-200 registers because of the answer to its code', async () => {
    pair = await startPair('--unknown-clients=reject-200');
    const editor = createEditor(fetch, pair.resource, 'stale-id');
    await editor.connect();
    expect(editor.seen).toEqual([...DISCOVERY, '/authorize old id', '/token 200', ...REGISTERED]);
  });

  it('is not asked again to register when it comes back with its new id', async () => {
    pair = await startPair('--unknown-clients=reregister');
    const editor = createEditor(fetch, pair.resource, 'stale-id');
    await editor.connect();
    editor.signOut();
    const before = editor.seen.length;
    await editor.connect();
    expect(editor.seen.slice(before)).toEqual([
      ...DISCOVERY,
      '/authorize new id',
      '/token 200',
      'initialize 200',
    ]);
  });
});

describe('inspect-flow with an unknown id', () => {
  it.each([
    ['reregister', 'Its first token was void on purpose'],
    ['reject-200', 'Its first code was answered with invalid_client and HTTP 200 on purpose'],
  ])('says with %s that it failed on purpose, and completes the next time', async (policy, said) => {
    pair = await startPair(`--unknown-clients=${policy}`);
    const first = await run(['inspect-flow', pair.resource, '--client-id', 'stale-id']);
    expect(first.code).toBe(1);
    expect(first.stdout.replace(/\s+/g, ' ')).toContain(said);
    expect((await run(['inspect-flow', pair.resource, '--client-id', 'stale-id'])).code).toBe(0);
  });
});
