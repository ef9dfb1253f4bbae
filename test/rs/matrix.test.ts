import { describe, expect } from 'vitest';
import { describeEvent } from '../../src/cli/log/describe-event.js';
import type { Verification } from '../../src/rs/config/options.js';
import { createResourceServer } from '../../src/rs/index.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import type { MatrixCase, Shown, Verdict } from './matrix/case.js';
import { AUDIENCE_CASES, ISSUER_CASES, SCOPE_CASES, STATE_CASES, TIME_CASES } from './matrix/claim-cases.js';
import { createIssuer, RESOURCE } from './matrix/issuer.js';
import { REQUEST_CASES } from './matrix/request-cases.js';
import { LATER_CASES, SERVER_CASES } from './matrix/server-cases.js';
import { ALGORITHM_CASES, DAMAGE_CASES, FORM_CASES, KEY_CASES } from './matrix/signature-cases.js';
import { challengeOf, INITIALIZE, ISSUER, NOW } from './support.js';
import { verifies } from '../verifies.js';

const METADATA_URL = 'http://localhost/.well-known/oauth-protected-resource/mcp';

/** A strict server with one tool, and all that it told and did. */
function createWorld(verify: Verification) {
  const issuer = createIssuer();
  const events: EmittedEvent[] = [];
  const done = { calls: 0, strangersAsked: [] as string[] };
  const rs = createResourceServer(
    {
      resource: RESOURCE,
      authServers: [{ issuer: ISSUER }],
      demoMode: true,
      oauthStrict: true,
      verify,
      introspectionTimeoutMs: 50,
      tools: [
        {
          name: 'count',
          description: 'Counts its calls.',
          handler: () => ({ structuredContent: { calls: (done.calls += 1) } }),
        },
      ],
    },
    {
      clock: { now: () => NOW },
      milliseconds: () => 0,
      onEvent: (event) => events.push(event),
      fetch: async (input, init) => {
        const request = new Request(input, init);
        if (new URL(request.url).origin === ISSUER) return issuer.fetch(request);
        done.strangersAsked.push(request.url);
        throw new TypeError('fetch failed');
      },
    },
  );
  const post = (
    message: unknown,
    { headers, query = '', form }: Shown,
    more: Readonly<Record<string, string>> = {},
  ) => {
    const sent = new Headers({ accept: 'application/json, text/event-stream', ...more });
    sent.set('content-type', form === undefined ? 'application/json' : 'application/x-www-form-urlencoded');
    for (const [name, value] of headers) sent.append(name, value);
    return rs.fetch(
      new Request(`${RESOURCE}${query}`, {
        method: 'POST',
        headers: sent,
        body: form ?? JSON.stringify(message),
      }),
    );
  };
  return { issuer, events, done, post };
}
type MatrixWorld = ReturnType<typeof createWorld>;

const CALL = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'count', arguments: {} } };
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1.2.3' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Sends what a case shows; the answer, and whether the tool should run if the token is good. */
type Sending = (
  world: MatrixWorld,
  row: MatrixCase,
) => Promise<{ response: Response; shown: Shown; isCall: boolean }>;

/** In a session that a good token has opened; a case that must come first opens one itself. */
const in2025: Sending = async (world, row) => {
  if (row.first) {
    const shown = row.show(world.issuer);
    return { shown, response: await world.post(INITIALIZE, shown), isCall: false };
  }
  const opened = await world.post(INITIALIZE, opener(world));
  const session = { 'mcp-session-id': opened.headers.get('mcp-session-id')! };
  const shown = row.show(world.issuer);
  startOver(world);
  return { shown, response: await world.post(CALL, shown, session), isCall: true };
};

/** After a good call, unless the case must come first. */
const in2026: Sending = async (world, row) => {
  const message = { ...CALL, params: { ...CALL.params, _meta: META } };
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'count' };
  if (!row.first) await world.post(message, opener(world), headers);
  startOver(world);
  const shown = row.show(world.issuer);
  return { shown, response: await world.post(message, shown, headers), isCall: true };
};

/** A good token that comes before the one that matters. */
function opener({ issuer }: MatrixWorld): Shown {
  return { headers: [['authorization', `Bearer ${issuer.issues({ jti: 'opener' })}`]], secrets: [] };
}

function startOver(world: MatrixWorld): void {
  world.events.length = 0;
  world.issuer.requests = 0;
  world.done.calls = 0;
}

/** The status, the body and the challenge are what the verdict says. */
async function expectAnswer(response: Response, verdict: Verdict): Promise<string> {
  const body = await response.text();
  expect(response.status).toBe(verdict.status);
  if (!('reason' in verdict)) return body;
  const told: unknown = JSON.parse(body);
  if (verdict.status >= 500) {
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(told).toMatchObject({ error: verdict.error });
    return body;
  }
  const { parameters } = challengeOf(response);
  expect(parameters).toMatchObject({ scope: 'user', resource_metadata: METADATA_URL });
  expect(parameters['error']).toBe(verdict.error);
  expect('error_description' in parameters).toBe(verdict.error !== undefined);
  expect((told as Record<string, unknown>)['error']).toBe(verdict.error);
  return body;
}

/** No token is in what goes to the client or to the log, nor the signature of one. */
function expectNoLeak(shown: Shown, response: Response, body: string, events: readonly EmittedEvent[]): void {
  const written = [
    body,
    JSON.stringify([...response.headers]),
    JSON.stringify(events),
    ...events.map((event) => describeEvent(event)),
  ].join('\n');
  for (const secret of shown.secrets) {
    expect(written).not.toContain(secret);
    const signature = secret.split('.')[2] ?? '';
    if (signature.length > 16) expect(written).not.toContain(signature);
  }
}

const GROUPS: Readonly<Record<string, readonly MatrixCase[]>> = {
  'how a token is sent': REQUEST_CASES,
  'for whom it is': AUDIENCE_CASES,
  'who issued it': ISSUER_CASES,
  'when it is good': TIME_CASES,
  'what it allows': SCOPE_CASES,
  'what it is': STATE_CASES,
  'which algorithm it names': ALGORITHM_CASES,
  'whose key has signed it': KEY_CASES,
  'what happened to it': DAMAGE_CASES,
  'what form it has': FORM_CASES,
  'the state of its issuer': SERVER_CASES,
  'what its issuer does later': LATER_CASES,
};

const ERAS: readonly (readonly [string, Sending])[] = [
  ['MCP 2025', in2025],
  ['MCP 2026-07-28', in2026],
];

describe.each(['introspection', 'jwt'] as const)('with --verify=%s', (verify) => {
  describe.each(ERAS)('in %s', (_era, send) => {
    describe.each(Object.entries(GROUPS))('by %s', (_group, rows) => {
      verifies.each(rows)(
        [
          'rs.mcp-handling-validate',
          'rs.mcp-handling-401',
          'rs.mcp-theft-storage',
          'rs.rfc9068-4-invalid-token',
          'rs.rfc9700-2.3-audience',
          'rs.rfc9700-4.9.3-secrets',
        ],
        '$name',
        async (row) => {
          const world = createWorld(verify);
          const verdict = row[verify];
          const { response, shown, isCall } = await send(world, row);
          const body = await expectAnswer(response, verdict);
          expectNoLeak(shown, response, body, world.events);
          expect(world.done.calls).toBe(verdict.status === 200 && isCall ? 1 : 0);
          expect(world.done.strangersAsked).toEqual([]);
          const challenges = world.events.filter((event) => event.kind === 'bearer.challenged');
          if (!('reason' in verdict)) {
            expect(challenges).toEqual([]);
            return;
          }
          const served = world.events.filter((event) => event.kind === 'request.served');
          expect(served).toMatchObject([{ status: verdict.status, reason: verdict.reason }]);
          expect(challenges).toMatchObject([{ status: verdict.status, reason: verdict.reason }]);
          // What can be told from the request alone is told without asking anybody.
          if (verdict.error === undefined || verdict.status === 400) expect(world.issuer.requests).toBe(0);
        },
      );
    });
  });
});
