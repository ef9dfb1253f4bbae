import { cookieNames } from './cookies.js';
import type { Origins } from './origins.js';

/** How this proxy calls itself to servers; one that it meets in a request which comes in has gone in a circle. */
export function viaOf(id: string): string {
  return `1.1 mcp-oauth-demo-${id}`;
}

/**
 * Headers of one connection, or written anew by whoever sends the message on.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 RFC 9110 §7.6.1}
 */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Bodies are read before they are sent on, and come without their compression. */
const OF_REQUEST = ['host', 'content-length', 'accept-encoding', 'expect', 'cookie', 'via'];

/** What would hold for all of `localhost`, or for a body as it was before it was rewritten. */
const OF_RESPONSE = [
  'content-length',
  'content-encoding',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'set-cookie',
  'strict-transport-security',
  'alt-svc',
  'clear-site-data',
  'nel',
  'report-to',
];

/** Where a client or browser says where it is. */
const PLACES_OF_CLIENT = ['origin', 'referer'];

/** Headers of a server in which URLs of it stand. */
const PLACES_OF_SERVER = [
  'access-control-allow-origin',
  'content-location',
  'link',
  'refresh',
  'sourcemap',
  'www-authenticate',
];

/** Between which port of ours and which server a message goes. */
interface Way {
  readonly origins: Origins;
  readonly port: string;
  /** origin of the server */
  readonly upstream: string;
}

/** The headers of a request as the server gets them. */
export function requestHeaders(
  headers: Headers,
  { origins, port, via, upstream }: Way & { readonly via: string },
): Headers {
  const sent = without(headers, OF_REQUEST);
  for (const name of PLACES_OF_CLIENT) {
    const value = sent.get(name);
    if (value !== null) sent.set(name, origins.inward(value));
  }
  const cookie = cookieNames(port, upstream).inward(headers.get('cookie') ?? '');
  if (cookie !== undefined) sent.set('cookie', cookie);
  sent.set('via', [headers.get('via'), via].filter((one) => one !== null).join(', '));
  return sent;
}

/** The headers of a response as the client gets them; `location` is left to whoever knows the flow. */
export function responseHeaders(headers: Headers, { origins, port, upstream }: Way): Headers {
  const shown = without(headers, OF_RESPONSE);
  for (const name of PLACES_OF_SERVER) {
    const value = shown.get(name);
    if (value !== null) shown.set(name, origins.outward(value));
  }
  for (const name of ['content-security-policy', 'content-security-policy-report-only']) {
    const value = shown.get(name);
    if (value !== null) setOrDrop(shown, name, policyOutward(value, origins));
  }
  for (const cookie of headers.getSetCookie()) {
    const outward = cookieNames(port, upstream).outward(cookie);
    if (outward !== undefined) shown.append('set-cookie', outward);
  }
  return shown;
}

/**
 * A content security policy whose sources are at this proxy, which speaks plain http.
 *
 * @see {@link https://www.w3.org/TR/CSP3/ CSP 3}
 */
export function policyOutward(policy: string, origins: Origins): string {
  return policy
    .split(',')
    .map((one) =>
      one
        .split(';')
        .flatMap((directive) => directiveOutward(directive, origins))
        .join('; '),
    )
    .filter((one) => one !== '')
    .join(', ');
}

function directiveOutward(directive: string, origins: Origins): readonly string[] {
  const [name = '', ...sources] = directive.trim().split(/\s+/);
  if (/^(?:upgrade-insecure-requests|block-all-mixed-content)?$/i.test(name)) return [];
  return [[name, ...sources.map((source) => origins.hostOutward(origins.outward(source)))].join(' ')];
}

function setOrDrop(headers: Headers, name: string, value: string): void {
  if (value === '') headers.delete(name);
  else headers.set(name, value);
}

function without(headers: Headers, names: readonly string[]): Headers {
  const listed = (headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = new Set([...HOP_BY_HOP, ...listed, ...names]);
  const kept = new Headers();
  for (const [name, value] of headers) if (!dropped.has(name)) kept.append(name, value);
  return kept;
}
