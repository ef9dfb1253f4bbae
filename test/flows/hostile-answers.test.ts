import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FORMAT_IDS, flowDocument, renderFlow } from '../../src/flows/index.js';
import { type Answer, attack, ECHO, METADATA, REGISTRATION } from './hostile-answers.js';
import {
  ACCESS_TOKEN,
  CHALLENGE,
  CODE,
  createForeignPair,
  inspect,
  modernMcp,
  redirectBack,
  RESOURCE_METADATA,
  TOKEN_RESPONSE,
} from './support.js';

const PASSWORD = 'p4ssword-of-somebody';
const HEADER = 'header-secret-0123456789';
const CLIENT_SECRET = 'secret of the user: 0123456789"abc';
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

/** Secret from the moment at which an answer has them as what they are. */
const ISSUED = [
  ['access_token', ACCESS_TOKEN],
  ['refresh_token', TOKEN_RESPONSE.refresh_token],
  ['client_secret', REGISTRATION.client_secret],
  ['registration_access_token', REGISTRATION.registration_access_token],
] as const;

const LOGIN = '<form method=post action=/login><input name=who><input type=password name=geheim></form>';

/** Both servers, in the hands of one attacker, who remembers all that was sent and given out, and tells it anywhere. */
function hostilePair(attacks: readonly (readonly [string, Answer])[]) {
  const heard: string[] = [];
  const secrets = new Set<string>([PASSWORD, HEADER, CLIENT_SECRET, KEY.d!]);
  let authorization = '';

  function fill(body: string): string {
    for (const [name, value] of ISSUED) {
      if (!body.includes(`"${name}":${JSON.stringify(value)}`)) continue;
      heard.push(value);
      secrets.add(value);
    }
    const echo = heard.join(' ').slice(-4000);
    const inJson = /^\s*[{["]/.test(body);
    return body.replaceAll(ECHO, () => (inJson ? JSON.stringify(echo).slice(1, -1) : echo));
  }

  async function hear(request: Request): Promise<void> {
    const basic = request.headers.get('authorization')?.replace(/^\S+ /, '') ?? '';
    const form = new URLSearchParams(await request.clone().text());
    const verifier = form.get('code_verifier');
    if (verifier !== null) secrets.add(verifier);
    const pair = Buffer.from(basic, 'base64').toString('latin1').split(':');
    const inHeaders = [basic, pair[1] ?? '', request.headers.get('x-api-key') ?? ''].map(decoded);
    heard.push(...inHeaders.filter((value) => /^[\x20-\x7E]+$/.test(value)), ...form.values());
  }

  const good = {
    'POST mcp.example/mcp': (request: Request) =>
      request.headers.get('authorization') === `Bearer ${ACCESS_TOKEN}`
        ? modernMcp(request)
        : new Response(null, { status: 401, headers: { 'www-authenticate': CHALLENGE } }),
    'GET mcp.example/.well-known/oauth-protected-resource/mcp': answering(RESOURCE_METADATA),
    'GET as.example/.well-known/oauth-authorization-server': answering(METADATA),
    'POST as.example/register': answering(REGISTRATION, 201),
    'POST as.example/token': answering(TOKEN_RESPONSE),
    'POST as.example/revoke': () => new Response(null),
    'GET as.example/authorize': (request: Request) => {
      authorization = request.url;
      return new Response(LOGIN, { headers: { 'content-type': 'text/html' } });
    },
    'POST as.example/login': () => {
      heard.push(CODE);
      secrets.add(CODE);
      const back = redirectBack({});
      return typeof back === 'function' ? back(new Request(authorization)) : back;
    },
  };

  function answering(body: object, status = 200) {
    return () =>
      new Response(fill(JSON.stringify(body)), { status, headers: { 'content-type': 'application/json' } });
  }

  const evil = attacks.map(([route, { body, status, headers }]) => [
    route,
    () => {
      const sent = Object.entries(headers).map(([name, value]) => [name, inHeader(fill(value))] as const);
      return new Response(status === 204 ? null : fill(body), { status, headers: Object.fromEntries(sent) });
    },
  ]);
  const routes = Object.entries({ ...good, ...Object.fromEntries(evil) } as typeof good);
  const pair = createForeignPair(
    Object.fromEntries(
      routes.map(([route, answer]) => [
        route,
        async (request: Request) => (await hear(request), answer(request)),
      ]),
    ),
  );
  return { pair, secrets };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

function inHeader(value: string): string {
  return value.replaceAll(/[^\x20-\x7E]/g, ' ');
}

const plans = fc.constantFrom(
  {},
  { revision: '2025-03-26' as const },
  { revision: '2025-11-25' as const, refresh: true, revoke: true },
  { clientId: 'known', clientSecret: CLIENT_SECRET, refresh: true, revoke: true },
  { clientId: 'known', clientSecret: CLIENT_SECRET, grant: 'client_credentials' as const },
  { clientId: 'known', clientKey: JSON.stringify({ ...KEY, alg: 'ES256' }) },
);

it('whatever a server answers, the run ends in bounded time, says so once, and shows neither secrets nor control characters', async () => {
  await fc.assert(
    fc.asyncProperty(attack, plans, async (attacks, plan) => {
      const { pair, secrets } = hostilePair(attacks);
      const started = performance.now();
      const { document, text, events } = await inspect(pair.fetch, {
        ...plan,
        timeoutSeconds: 5,
        header: [`X-Api-Key: Token ${HEADER}`],
        login: { username: 'somebody', password: PASSWORD },
      });
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(flowDocument.safeParse(document).error).toBeUndefined();
      expect(events.filter(({ type }) => type === 'flow-ended')).toHaveLength(1);
      expect(events.at(-1)?.type).toBe('flow-ended');
      expect(document.exchanges.length).toBeLessThanOrEqual(200);
      const elsewhere = pair.requests.filter((line) => !/^[A-Z]+ https:\/\/(mcp|as)\.example\//.test(line));
      expect(elsewhere).toEqual([]);
      const rendered = await Promise.all(FORMAT_IDS.map((format) => renderFlow(format, document)));
      const values = stringsOf(document).join('\n');
      for (const shown of [text, ...rendered]) {
        expect(/[^\P{Cc}\n]|\p{Bidi_Control}/u.exec(shown)).toBeNull();
        for (const secret of secrets) expect(shown.indexOf(secret)).toBe(-1);
      }
      for (const secret of secrets) expect(values.indexOf(secret)).toBe(-1);
      expect(rendered[0]!.length).toBeLessThan(16 * 1024 * 1024);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 10_000 },
  );
});

/** Every text in a value, names of members included, as it is before JSON escapes it. */
function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...stringsOf(inner)]);
}
