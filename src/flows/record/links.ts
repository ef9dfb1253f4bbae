import { parseJson } from '../../shared/http/json.js';
import { parseBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import { fingerprint } from '../../shared/secret.js';
import { attributesOf, tokensOf } from '../parsing/html.js';
import type { ExchangeLinks } from './recorded-exchange.js';

/** Shorter ones may be guessed from their fingerprint, and tie nothing together for certain. */
const RANDOM_LENGTH = 22;

/** No link is longer; what is cut would not be equal to what it should be. */
const MAX_LENGTH = 2048;

/** A message as it was sent: with its secrets. */
export interface RawMessage {
  readonly url: string;
  readonly headers: Headers;
  /** '' where there is none, or nobody read it */
  readonly body: string;
}

/** What a request brings along that ties it to others. */
export function broughtBy({ url, headers, body }: RawMessage): ExchangeLinks {
  const query = new URL(url).searchParams;
  const form = isForm(headers) ? new URLSearchParams(body) : new URLSearchParams();
  const get = (name: string) => form.get(name) ?? query.get(name) ?? undefined;
  const authorization = headers.get('authorization') ?? '';
  const [, bearer] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
  const isRefreshToken = get('token_type_hint') === 'refresh_token';
  return defined({
    client_id: plain(get('client_id') ?? parseBasicCredentials(authorization)?.id),
    redirect_uri: plain(get('redirect_uri')),
    state: plain(get('state')),
    code_challenge: plain(get('code_challenge')),
    interaction: secret(get('interaction') ?? get('csrf_token')),
    code: secret(get('code')),
    access_token: secret(bearer ?? (isRefreshToken ? undefined : get('token'))),
    refresh_token: secret(get('refresh_token') ?? (isRefreshToken ? get('token') : undefined)),
    session: secret(headers.get('mcp-session-id') ?? undefined),
  });
}

/** What a response gives out that ties it to others: the answer to a registration or token request, a code, a page's form. */
export function givenBy({ url, headers, body }: RawMessage): ExchangeLinks {
  const location = headers.get('location');
  const callback = location === null ? undefined : URL.parse(location, url)?.searchParams;
  const json = objectIn(body);
  const text = (name: string) => (typeof json[name] === 'string' ? json[name] : undefined);
  return defined({
    client_id: plain(text('client_id')),
    state: plain(callback?.get('state') ?? undefined),
    interaction: secret(callback?.get('interaction') ?? interactionIn(headers, body)),
    code: secret(callback?.get('code') ?? undefined),
    access_token: secret(text('access_token')),
    refresh_token: secret(text('refresh_token')),
    session: secret(headers.get('mcp-session-id') ?? undefined),
  });
}

function isForm(headers: Headers): boolean {
  return (headers.get('content-type') ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded');
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  const value = body.startsWith('{') ? parseJson(body) : undefined;
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** What the form of a sign-in page will bring back. */
function interactionIn(headers: Headers, body: string): string | undefined {
  if (!(headers.get('content-type') ?? '').toLowerCase().startsWith('text/html')) return undefined;
  for (const { name, text } of tokensOf(body)) {
    if (name !== 'input') continue;
    const { name: field, value } = attributesOf(text);
    if (field === 'interaction' || field === 'csrf_token') return value;
  }
  return undefined;
}

function plain(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value.length > MAX_LENGTH ? undefined : value;
}

function secret(value: string | undefined): string | undefined {
  return value === undefined || value.length < RANDOM_LENGTH ? undefined : fingerprint(value);
}

function defined(links: { readonly [Name in keyof ExchangeLinks]: string | undefined }): ExchangeLinks {
  return Object.fromEntries(Object.entries(links).filter(([, value]) => value !== undefined));
}
