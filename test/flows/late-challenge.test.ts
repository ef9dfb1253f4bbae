import { describe, expect, it } from 'vitest';
import { ACCESS_TOKEN, CHALLENGE, createForeignPair, inspect, legacyMcp, modernMcp } from './support.js';

/** A server that answers its first request to anybody, and asks for a token after that. */
function openDoor(mcp: (request: Request) => Promise<Response>) {
  return createForeignPair({
    'POST mcp.example/mcp': async (request) => {
      const { method } = (await request.clone().json()) as { method: string };
      const isOpen = ['server/discover', 'initialize', 'notifications/initialized'].includes(method);
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
});
