import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResourceServer } from '../../src/rs/index.js';
import { createIssuer, RESOURCE } from './matrix/issuer.js';
import { INITIALIZE, ISSUER, NOW } from './support.js';
import { verifies } from '../verifies.js';

/** A change of one character; a place counts from the start of the token, and begins anew behind its end. */
type Mutation =
  | { readonly how: 'replace' | 'insert'; readonly at: number; readonly by: string }
  | { readonly how: 'remove' | 'double'; readonly at: number };

const anywhere = fc.nat(100_000);
/** Any character that a header can hold, but for the space: those around a header are no part of it. */
const character = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ how: fc.constantFrom('replace' as const, 'insert' as const), at: anywhere, by: character }),
  fc.record({ how: fc.constantFrom('remove' as const, 'double' as const), at: anywhere }),
);

function mutate(token: string, change: Mutation): string {
  const at = change.at % token.length;
  const [before, here, behind] = [token.slice(0, at), token[at]!, token.slice(at + 1)];
  switch (change.how) {
    case 'replace':
      return before + change.by + behind;
    case 'insert':
      return before + change.by + here + behind;
    case 'remove':
      return before + behind;
    case 'double':
      return before + here + here + behind;
  }
}

/** A strict server that has accepted the token once. */
async function createWorld(verify: 'introspection' | 'jwt') {
  const issuer = createIssuer();
  const token = issuer.issues();
  const rs = createResourceServer(
    { resource: RESOURCE, authServers: [{ issuer: ISSUER }], demoMode: true, oauthStrict: true, verify },
    {
      clock: { now: () => NOW },
      milliseconds: () => 0,
      fetch: (input, init) => issuer.fetch(new Request(input, init)),
    },
  );
  const statusFor = async (shown: string): Promise<number> => {
    const headers = {
      authorization: `Bearer ${shown}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    };
    const body = JSON.stringify(INITIALIZE);
    return (await rs.fetch(new Request(RESOURCE, { method: 'POST', headers, body }))).status;
  };
  expect(await statusFor(token)).toBe(200);
  return { token, statusFor };
}

describe.each(['introspection', 'jwt'] as const)('a good token, with --verify=%s', (verify) => {
  verifies(
    ['rs.rfc9068-4-signature'],
    'is refused once one of its characters is changed, and never makes the server fail',
    async () => {
      const { token, statusFor } = await createWorld(verify);
      await fc.assert(
        fc.asyncProperty(mutation, async (change) => {
          const mutated = mutate(token, change);
          fc.pre(mutated !== token);
          expect([400, 401]).toContain(await statusFor(mutated));
        }),
        { numRuns: 400 },
      );
    },
  );

  it('is refused with each other character in its last place, some of which stand for the same bits', async () => {
    const { token, statusFor } = await createWorld(verify);
    const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter(
      (last) => last !== token.at(-1),
    );
    const statuses = await Promise.all(others.map((last) => statusFor(token.slice(0, -1) + last)));
    expect(new Set(statuses)).toEqual(new Set([401]));
  });
});
