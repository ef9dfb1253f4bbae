import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { OAuthError } from '../../src/shared/oauth/errors.js';
import { verifies } from '../verifies.js';
import { sendModern } from './modern-support.js';
import {
  activeAnswer,
  challengeOf,
  createWorld,
  GOOD,
  INITIALIZE,
  LIST_TOOLS,
  type World,
} from './support.js';

/** Calls a tool that needs the scope `profile`. */
const whoami = (world: World) =>
  sendModern(world, 'tools/call', {
    params: { name: 'whoami', arguments: {} },
    headers: { 'mcp-name': 'whoami' },
  });

describe('a challenge', () => {
  verifies(
    [
      'rs.mcp-scope-challenge',
      'rs.mcp-scope-consistent',
      'rs.mcp-step-up-together',
      'rs.mcp-step-up-consistent',
      'rs.mcp-step-up-experience',
    ],
    'names all scopes that the request needs, in one order, whatever the token has',
    async () => {
      const world = createWorld({ scopedTools: true, requiredScopes: ['user', 'time:read'] });
      const namedFor = async (scope: string | undefined, ask: (world: World) => Promise<Response>) => {
        world.as.tokens.set(GOOD, scope === undefined ? { active: false } : activeAnswer({ scope }));
        return challengeOf(await ask(world)).parameters['scope'];
      };
      const plain = (asked: World) => asked.post(INITIALIZE);
      expect(await namedFor('user', ({ post }) => post(INITIALIZE, ''))).toBe('user time:read');
      for (const scope of [undefined, '', 'user', 'time:read profile', 'other']) {
        expect(await namedFor(scope, plain)).toBe('user time:read');
      }
      for (const scope of ['user time:read', 'other time:read user', 'time:write time:read user']) {
        expect(await namedFor(scope, whoami)).toBe('user time:read profile');
      }
    },
  );

  const VALUE = /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/;
  const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*$/;

  verifies(
    [
      'rs.oauth2.1-5.3.1-characters',
      'rs.rfc6750-3-characters',
      'rs.oauth2.1-5.3.1-scheme',
      'rs.rfc6750-3-scheme',
      'rs.oauth2.1-5.3.1-once',
      'rs.rfc6750-3-once',
    ],
    'is Bearer with parameters, each once and of the characters that it may have, whatever client and token say',
    async () => {
      const text = fc.string({ unit: fc.constantFrom(...' "\\,=abc', '\u00e9', '\t'), maxLength: 20 });
      await fc.assert(
        fc.asyncProperty(text, text, text, async (header, scope, claim) => {
          const world = createWorld({ oauthStrict: true });
          const presented = await world.post(LIST_TOOLS, undefined, { authorization: `Bearer ${header}` });
          world.as.tokens.set(GOOD, activeAnswer({ scope, aud: claim, token_type: claim }));
          const refused = await world.post(LIST_TOOLS);
          world.as.tokens.set(GOOD, activeAnswer({ scope: 'other', iss: claim || undefined }));
          for (const response of [presented, refused, await world.post(LIST_TOOLS)]) {
            expect([400, 401, 403]).toContain(response.status);
            const { parameters } = challengeOf(response);
            expect(parameters['scope']).toMatch(SCOPE);
            expect(parameters['error'] ?? '').toMatch(VALUE);
            expect(parameters['error_description'] ?? '').toMatch(VALUE);
          }
        }),
        { numRuns: 50 },
      );
    },
  );
});

verifies(
  ['rs.oauth2.1-5.3.1-characters'],
  'an error describes itself in no other characters, whatever it is told to say',
  () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(text, (description) => {
        expect(new OAuthError('invalid_token', description).description).toMatch(
          /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/,
        );
      }),
    );
  },
);

verifies(
  ['rs.rfc7662-5-privacy'],
  'what the authorization server tells of the user is in no answer but that of whoami, and in no log',
  async () => {
    const world = createWorld({ scopedTools: true, requiredScopes: ['user'] });
    const told = { username: 'ada-4711', email: 'ada@4711.example', phone_number: '+47114711' };
    for (const changes of [{}, { scope: 'other' }, { active: false }, { iss: 'https://4.example' }]) {
      world.as.tokens.set(GOOD, { ...activeAnswer(), ...told, ...changes });
      for (const response of [await world.post(INITIALIZE), await whoami(world)]) {
        expect(`${await response.text()} ${JSON.stringify([...response.headers])}`).not.toContain('4711');
      }
    }
    expect(JSON.stringify(world.events)).not.toContain('4711');
  },
);
