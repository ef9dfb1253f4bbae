import { expect } from 'vitest';
import { isLoopbackRedirectUri, KNOWN_EDITOR_REDIRECT_URIS } from '../../../src/shared/oauth/redirect-uri.js';
import { parseChallenges } from '../../../src/shared/oauth/www-authenticate.js';
import { ISSUER } from '../support.js';

/** What an endpoint may answer. */
export interface Expectation {
  /** error codes that are registered for it */
  readonly errors: readonly string[];
  /** whether its success may be kept by caches: it is the same for everybody */
  readonly cacheable?: boolean;
}

/** An answer that has been read. */
export interface ReadAnswer {
  /** of the request */
  readonly method: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Where the clients of the tests may be sent; others may be adopted, for loopback and known editors. */
const REGISTERED: ReadonlyMap<string, readonly string[]> = new Map([
  ['secret-client', ['https://app.example/cb', 'http://127.0.0.1/']],
  ['https://app.example/oauth/client.json', ['http://127.0.0.1/']],
]);

/** What our pages are made of. */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'html head meta link title style body main footer h1 h2 p strong code ul li a dl div dt dd form input label ' +
    'button span nav time !doctype'
  ).split(' '),
);
const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    'lang charset name content rel target href nonce class role method action type value autocomplete autocapitalize ' +
    'spellcheck required autofocus datetime aria-label html'
  ).split(' '),
);

/** What every object inherits. */
const INHERITED = Reflect.ownKeys(Object.prototype).length;

/** Holds what must be so whatever was asked. */
export function expectSafe(answer: ReadAnswer, expectation: Expectation): void {
  const { status, headers, text } = answer;
  expect(Reflect.ownKeys(Object.prototype)).toHaveLength(INHERITED);
  expectHeaders(headers);
  if (status >= 500) expectPassing(answer);
  const type = headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) expectPage(answer);
  else if (text !== '') expectJson(answer, expectation);
  // An answer to OPTIONS says nothing about anybody.
  const preflight = status === 204 && headers.has('allow');
  if (!preflight && !(expectation.cacheable && status === 200)) {
    expect(headers.get('cache-control')).toBe('no-store');
  }
}

/** The one thing that is not served for now: a client whose document cannot be fetched, which may pass. */
function expectPassing({ method, status, headers, text }: ReadAnswer): void {
  expect({ status, retryAfter: headers.get('retry-after') }).toEqual({ status: 503, retryAfter: '30' });
  // The answer to HEAD has no body to say so in.
  if (method === 'HEAD') expect(text).toBe('');
  else expect(text).toContain('cannot be');
}

function expectHeaders(headers: Headers): void {
  for (const [, value] of headers) expect(value).toMatch(/^[\x20-\x7E\x80-\xFF]*$/);
  const challenge = headers.get('www-authenticate');
  if (challenge === null) return;
  const challenges = parseChallenges(challenge);
  expect(challenges).toHaveLength(1);
  const [{ scheme, parameters } = { scheme: '', parameters: {} }] = challenges ?? [];
  expect(parameters['realm']).toMatch(/^mcp-oauth-demo( registration)?$/);
  const allowed = scheme === 'basic' ? ['realm'] : ['realm', 'error', 'error_description', 'scope'];
  expect(allowed).toEqual(expect.arrayContaining(Object.keys(parameters)));
}

function expectJson({ status, headers, text }: ReadAnswer, { errors }: Expectation): void {
  expect(headers.get('content-type')).toMatch(/^application\/(jwk-set\+)?json$/);
  const body: unknown = JSON.parse(text);
  expect(body).toBeTypeOf('object');
  if (status < 400) return;
  const { error, error_description, ...more } = Object.fromEntries(Object.entries(body ?? {}));
  expect(more).toEqual({});
  expect(errors).toContain(error);
  expectDescription(String(error_description));
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 RFC 6749 §5.2} */
function expectDescription(description: string): void {
  expect(description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
}

/** Every tag is one of ours, with attributes of ours: whatever else stands in a page is text. */
function expectPage({ headers, text }: ReadAnswer): void {
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'nonce-[\w-]{22}'; img-src data:; frame-ancestors 'none'; base-uri 'none'$/,
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect([...text.matchAll(/<([^<]*)/g)].map(([, rest = '']) => rest).filter(isForeign)).toEqual([]);
}

/** @param rest of a page, from after a `<` to before the next */
function isForeign(rest: string): boolean {
  const tag = /^\/?([a-z0-9!]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*\/?>/.exec(rest);
  if (!tag || !ELEMENTS.has(tag[1] ?? '')) return true;
  const attributes = [...(tag[2] ?? '').matchAll(/([a-z-]+)(?:="([^"]*)")?/g)];
  const leaves = tag[2]?.includes(' target="_blank" rel="noopener noreferrer nofollow"');
  const targets = leaves ? /^https?:\/\/[^/]/ : /^(?:data:,$|\/(?![/\\]))/;
  return attributes.some(
    ([, name = '', value = '']) =>
      !ATTRIBUTES.has(name) || (/^(?:href|action)$/.test(name) && !targets.test(value)),
  );
}

/** Where a browser is sent: to a page of ours, or to a redirect URI of the client that the request names. */
export function expectRedirectToClient({ headers }: ReadAnswer, parameters: URLSearchParams): void {
  const location = headers.get('location');
  if (location === null || /^\/(?:consent\?interaction=[\w-]{43}|grants)$/.test(location)) return;
  const clientIds = parameters.getAll('client_id').filter((value) => value !== '');
  const target = new URL(location);
  const base = `${target.protocol}//${target.host}${target.pathname}`;
  const own = REGISTERED.get(clientIds[0] ?? '');
  const withoutPort = `${target.protocol}//${target.hostname}${target.pathname}`;
  const allowed = own
    ? own.includes(base) || (own.includes(withoutPort) && target.protocol === 'http:')
    : isLoopbackRedirectUri(base) || KNOWN_EDITOR_REDIRECT_URIS.includes(base);
  expect({ clientIds, location, allowed }).toEqual({
    clientIds: [expect.anything()],
    location,
    allowed: true,
  });
  expect(target.username + target.password + target.hash).toBe('');
  expectEcho(location, target, parameters);
}

function expectEcho(location: string, { searchParams }: URL, sent: URLSearchParams): void {
  const requested = sent.get('redirect_uri');
  if (requested) expect(location.slice(0, requested.length + 1)).toMatch(/[?&]$/);
  if (requested) expect(location.startsWith(requested)).toBe(true);
  for (const name of ['code', 'state', 'iss', 'error', 'error_description'])
    expect(searchParams.getAll(name).length).toBeLessThan(2);
  expect(searchParams.get('iss')).toBe(ISSUER);
  const states = sent.getAll('state').filter((value) => value !== '');
  const known = states.length === 1 && !states[0]?.includes('\uFFFD');
  expect(searchParams.get('state')).toBe(known ? states[0] : null);
  const description = searchParams.get('error_description');
  if (description !== null) expectDescription(description);
  expect(searchParams.has('code')).toBe(!searchParams.has('error'));
}
