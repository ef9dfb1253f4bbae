import { describe, expect, it } from 'vitest';
import { diagramOf } from '../../src/flows/index.js';
import { ACCESS_TOKEN, CHALLENGE, createForeignPair, inspect, legacyMcp, modernMcp } from './support.js';

const OPENING = ['server/discover', 'initialize', 'notifications/initialized'];

/** A server that answers its first request to anybody, and asks for a token after that. */
function openDoor(mcp: (request: Request) => Promise<Response>, alsoOpen: readonly string[] = []) {
  return createForeignPair({
    'DELETE mcp.example/mcp': () => new Response(null, { status: 204 }),
    'POST mcp.example/mcp': async (request) => {
      const { method } = (await request.clone().json()) as { method: string };
      const isOpen = [...OPENING, ...alsoOpen].includes(method);
      const isGood = request.headers.get('authorization') === `Bearer ${ACCESS_TOKEN}`;
      if (isOpen || isGood) return mcp(request);
      return new Response(null, { status: 401, headers: { 'www-authenticate': CHALLENGE } });
    },
  });
}

describe('a server that opens without a token', () => {
  it.each([
    ['2026-07-28', modernMcp],
    ['2025-06-18', legacyMcp()],
  ])('and asks for one at tools/list is gone through like any other: %s', async (revision, mcp) => {
    const { document, check } = await inspect(openDoor(mcp).fetch);
    expect(document).toMatchObject({ outcome: 'completed', reason: null, revision });
    expect(document.steps.slice(0, 8).map(({ outcome }) => outcome)).toEqual(Array(8).fill('done'));
    expect(check('rs.challenge-bearer')).toBe('pass');
  });

  it.each([
    ['2026-07-28', modernMcp],
    ['2025-06-18', legacyMcp()],
  ])('and asks for one at tools/call is gone through from there: %s', async (revision, mcp) => {
    const pair = openDoor(mcp, ['tools/list']);
    const { document, check } = await inspect(pair.fetch);
    expect(document).toMatchObject({ outcome: 'completed', reason: null, revision });
    expect(document.steps.slice(0, 9).map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'challenge done',
      'mcp-call done',
      'resource-metadata done',
      'authorization-server-metadata done',
      'registration done',
      'authorization done',
      'callback done',
      'token done',
      'mcp-call done',
    ]);
    expect(document.steps[1]!.reason).toContain('tools/call list_notes was answered with 401');
    expect(check('rs.challenge-bearer')).toBe('pass');
    expect(check('rs.tool-result')).toBe('pass');
    expect(pair.authorization().get('scope')).toBe('notes.read');
  });

  it('and answers 403 at tools/call is not one that asks for a token', async () => {
    const pair = createForeignPair({
      'POST mcp.example/mcp': async (request) => {
        const { method } = (await request.clone().json()) as { method: string };
        return method === 'tools/call' ? new Response(null, { status: 403 }) : modernMcp(request);
      },
    });
    const { document, failed } = await inspect(pair.fetch);
    expect(document.outcome).toBe('failed');
    expect(failed).toMatchObject({ id: 'mcp-call', reason: expect.stringContaining('answered 403') });
    expect(pair.requests.filter((request) => !request.endsWith('/mcp'))).toEqual([]);
  });

  it.each([
    ['2026-07-28', modernMcp],
    ['2025-06-18', legacyMcp()],
  ])('and never asks for one has its requests filed under the step that sent them: %s', async (_, mcp) => {
    const pair = createForeignPair({
      'POST mcp.example/mcp': mcp,
      'DELETE mcp.example/mcp': () => new Response(null, { status: 204 }),
    });
    const { document } = await inspect(pair.fetch);
    expect(document.outcome).toBe('not-protected');
    const filed = document.exchanges.map(({ step, request: { body } }) => [step, body] as const);
    expect(filed).toContainEqual(['challenge', expect.objectContaining({ method: 'tools/list' })]);
    expect(filed).toContainEqual(['mcp-call', expect.objectContaining({ method: 'tools/call' })]);
    expect(filed).not.toContainEqual(['challenge', expect.objectContaining({ method: 'tools/call' })]);
    expect(document.steps.filter(({ outcome }) => outcome === 'skipped').map(({ id }) => id)).toEqual([
      'resource-metadata',
      'authorization-server-metadata',
      'registration',
      'authorization',
      'callback',
      'token',
    ]);
  });

  it('and ends its session is drawn without a heading for the record of a client', async () => {
    const { document } = await inspect(openDoor(legacyMcp()).fetch);
    const titles = diagramOf(document).rows.flatMap((row) => (row.kind === 'step' ? [row.title] : []));
    expect(titles.filter((title) => title.startsWith('The record'))).toEqual([]);
    expect(document.exchanges.map(({ request }) => request.method)).toContain('DELETE');
  });
});
