import { describe, expect, it } from 'vitest';
import { createForeignPair, inspect, legacyMcp } from './support.js';
import { insufficientScope, scopedServer } from './scoped-server.js';

const WRITE_TO_CALL = (method: string) => (method === 'tools/call' ? ['notes.write'] : ['notes.read']);

describe('a token without the scope for a request', () => {
  it('is exchanged for one with the union of what was asked for and what is needed, and the request repeated', async () => {
    const { routes, asked, methods } = scopedServer({ needs: WRITE_TO_CALL });
    const { document, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('completed');
    expect(asked).toEqual(['notes.read', 'notes.read notes.write']);
    expect(methods).toEqual(['server/discover', 'tools/list', 'tools/call', 'tools/call']);
    expect(document.steps.map(({ id }) => id).slice(3)).toEqual([
      'registration',
      'authorization',
      'callback',
      'token',
      'mcp-call',
      'step-up',
      'authorization',
      'callback',
      'token',
      'mcp-call',
    ]);
    expect(check('rs.scope-challenge-sufficient')).toBe('pass');
    expect(check('rs.scope-challenge-complete')).toBe('pass');
    expect(check('rs.insufficient-scope-named')).toBe('pass');
  });

  it.each(['server/discover', 'tools/list'])('may be so for %s as well', async (first) => {
    const { routes, asked, methods } = scopedServer({
      needs: (method) => (method === first ? ['notes.admin'] : []),
    });
    const { document, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('completed');
    expect(asked).toEqual(['notes.read', 'notes.read notes.admin']);
    expect(methods.filter((method) => method === first)).toHaveLength(2);
    expect(check('rs.scope-challenge-sufficient')).toBe('pass');
  });

  it('keeps what the authorization server granted unasked', async () => {
    const { routes, asked } = scopedServer({
      needs: WRITE_TO_CALL,
      grants: (scopes) => [...scopes, 'notes.list'],
    });
    await inspect(createForeignPair(routes).fetch, { scope: 'notes.read' });
    expect(asked[1]).toBe('notes.read notes.list notes.write');
  });

  it('asks for all that the resource lists where the challenge names no scope', async () => {
    const { routes, asked } = scopedServer({
      needs: (method) => (method === 'tools/call' ? ['notes.list'] : []),
      challenge: () =>
        new Response(null, {
          status: 403,
          headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
        }),
    });
    const { document, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('completed');
    expect(asked[1]).toBe('notes.read notes.list');
    expect(check('rs.insufficient-scope-named')).toBe('warn');
    expect(check('rs.insufficient-scope-metadata')).toBe('warn');
  });

  it.each([
    ['2025-11-25', ['notes.read', 'notes.write'], 'completed'],
    ['2025-06-18', ['notes.read'], 'failed'],
  ] as const)('follows what MCP %s says of it', async (revision, expected, outcome) => {
    const { routes, asked } = scopedServer({ needs: WRITE_TO_CALL, mcp: legacyMcp('session-1', revision) });
    const { document } = await inspect(createForeignPair(routes).fetch, { revision });
    expect(asked).toEqual(expected);
    expect(document.outcome).toBe(outcome);
  });

  it('is told from a bad token by the error, and 401 is held against the server', async () => {
    const { routes } = scopedServer({
      needs: WRITE_TO_CALL,
      challenge: (lacking) => insufficientScope(lacking, 401),
    });
    const { document, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('completed');
    expect(check('rs.insufficient-scope-status')).toBe('warn');
  });

  it('is not looked for in a 403 that does not speak of scope', async () => {
    const { routes, asked } = scopedServer({
      needs: WRITE_TO_CALL,
      challenge: () => new Response('not for you', { status: 403 }),
    });
    const { document, failed } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('failed');
    expect(failed?.id).toBe('mcp-call');
    expect(asked).toHaveLength(1);
  });
});

describe('a server that is never content', () => {
  it('ends at once where it asks for what the token has', async () => {
    const { routes, asked } = scopedServer({
      needs: () => ['never'],
      challenge: () => insufficientScope(['notes.read']),
    });
    const { document, failed, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('failed');
    expect(failed).toMatchObject({ id: 'step-up', reason: expect.stringContaining('which the token has') });
    expect(asked).toHaveLength(1);
    expect(check('rs.scope-challenge-sufficient')).toBe('warn');
  });

  it('ends after three authorizations where it asks for something else each time', async () => {
    let more = 0;
    const { routes, asked } = scopedServer({
      needs: () => ['never'],
      challenge: () => insufficientScope([`more-${(more += 1)}`]),
    });
    const { document, failed, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('failed');
    expect(failed).toMatchObject({ id: 'step-up', reason: expect.stringContaining('gives up') });
    expect(asked).toEqual(['notes.read', 'notes.read more-1', 'notes.read more-1 more-2']);
    expect(check('rs.scope-challenge-complete')).toBe('warn');
  });

  it('is not blamed for what the authorization server does not grant', async () => {
    const { routes, asked } = scopedServer({ needs: WRITE_TO_CALL, grants: () => ['notes.read'] });
    const { failed, check } = await inspect(createForeignPair(routes).fetch);
    expect(failed).toMatchObject({ id: 'step-up', reason: expect.stringContaining('did not grant') });
    expect(asked).toHaveLength(2);
    expect(check('rs.scope-challenge-sufficient')).toBeUndefined();
  });

  it('can name one scope after the other, and is told that it should not', async () => {
    const { routes, asked } = scopedServer({
      needs: (method) => (method === 'tools/call' ? ['one', 'two'] : []),
      challenge: (lacking) => insufficientScope(lacking.slice(0, 1)),
    });
    const { document, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('completed');
    expect(asked.at(-1)).toBe('notes.read one two');
    expect(check('rs.scope-challenge-complete')).toBe('warn');
  });
});
