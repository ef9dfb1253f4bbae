import { mediaTypeOf } from '../shared/http/body.js';
import { fingerprint } from '../shared/secret.js';
import { visibleText } from './html.js';
import type { HttpExchange } from './exchange.js';
import { isoTime } from './iso-time.js';
import type { TracedExchange } from './trace.js';

type Json = TracedExchange['request']['body'];

/** Members of JSON bodies and forms, and parameters of URLs, that are secret wherever they are. */
const SECRET_MEMBERS = new Set([
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'client_secret',
  'client_assertion',
  'assertion',
  'code_verifier',
  'registration_access_token',
  'device_code',
]);

/** Parameters by which sign-in pages find what they have kept: whoever has one may be taken for the user. */
const SIGN_IN_PARAMETERS = [
  'interaction',
  'session',
  'session_id',
  'sid',
  'txn',
  'ticket',
  'csrf_token',
  'login_challenge',
  'login_verifier',
  'consent_challenge',
  'consent_verifier',
];

/** In JSON `code` is mostly the code of an error. */
const SECRET_PARAMETERS = new Set([...SECRET_MEMBERS, ...SIGN_IN_PARAMETERS, 'code']);

/** Chosen by people, or worth nothing to a reader: not even a fingerprint is kept. */
const PASSWORD_LIKE = /passw|passphrase|pwd|passcode|\botp\b|^pin$/i;
const ANTI_FORGERY = /csrf|xsrf|authenticity|nonce/i;

const DROPPED_HEADERS = new Set(['cookie', 'set-cookie', 'proxy-authorization']);
const REDACTED = '[redacted]';

/** The secret part of `name=value` in any URL inside a text. */
const IN_URL = new RegExp(`([?&#;](?:${[...SECRET_PARAMETERS].join('|')})=)([^&#\\s"'<>]+)`, 'g');

/** Shows exchanges without their secrets; one for each run, since it remembers what it has seen. */
export interface Redactor {
  exchange(exchange: HttpExchange): Omit<TracedExchange, 'sequence'>;
  text(text: string): string;
}

/**
 * The one redaction policy. A secret becomes its fingerprint if it is long enough to be random, so that a reader can
 * follow it through the flow and into the servers' logs; otherwise, and for passwords and cookies, nothing is left.
 * A secret that was seen once is found again in any other text, such as the error page of a careless server.
 */
export function createRedactor(): Redactor {
  const seen = new Map<string, string>();

  function mask(value: string): string {
    const masked = value.length >= 22 ? `sha256:${fingerprint(value)}…` : REDACTED;
    // A short one would be found inside of ordinary words.
    if (value.length >= 8) seen.set(value, masked);
    return masked;
  }

  function text(value: string): string {
    let safe = value.replace(IN_URL, (_whole, name: string, secret: string) => name + mask(decoded(secret)));
    for (const [secret, masked] of seen) safe = safe.replaceAll(secret, masked);
    return safe;
  }

  function member(name: string, value: string, secrets: ReadonlySet<string>): string {
    if (value === '') return value;
    if (secrets.has(name)) return mask(value);
    if (PASSWORD_LIKE.test(name)) return drop(value);
    if (ANTI_FORGERY.test(name)) return mask(value);
    return text(value);
  }

  function drop(value: string): string {
    if (value.length >= 8) seen.set(value, REDACTED);
    return REDACTED;
  }

  function json(value: Json, name = ''): Json {
    if (typeof value === 'string') return member(name, value, SECRET_MEMBERS);
    if (Array.isArray(value)) return value.map((item) => json(item, name));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), json(inner, key)]));
  }

  function form(body: string): Json {
    const shown: Record<string, string | string[]> = {};
    for (const [name, value] of new URLSearchParams(body)) {
      const safe = member(name, value, SECRET_PARAMETERS);
      const before = Object.hasOwn(shown, name) ? shown[name] : undefined;
      shown[name] = before === undefined ? safe : [before, safe].flat();
    }
    return shown;
  }

  function body(mediaType: string, content: string): Json {
    if (content === '') return null;
    if (mediaType === 'application/x-www-form-urlencoded') return form(content);
    if (mediaType === 'text/html') return text(visibleText(content));
    const parsed = parseJson(content);
    return parsed === undefined ? text(content) : json(parsed);
  }

  function headers(all: Iterable<readonly [string, string]>): Record<string, string> {
    return Object.fromEntries(
      [...all].map(([name, value]) => [name.toLowerCase(), header(name.toLowerCase(), value)]),
    );
  }

  function header(name: string, value: string): string {
    if (DROPPED_HEADERS.has(name)) return REDACTED;
    if (name === 'mcp-session-id') return mask(value);
    if (name !== 'authorization') return text(value);
    const [, scheme = '', credentials = ''] = /^(\S+) +(.*)$/.exec(value) ?? [];
    return scheme.toLowerCase() === 'bearer' ? `Bearer ${mask(credentials)}` : `${scheme} ${REDACTED}`;
  }

  return {
    text,
    exchange({ step, from, to, at, milliseconds, request, response, error }) {
      // Bodies first: what is learned from them is then found in the headers too.
      const sent = body(mediaTypeOf(request.headers['content-type'] ?? null), request.body ?? '');
      const received = response && body(mediaTypeOf(response.headers.get('content-type')), response.body);
      return {
        step,
        observed_by: 'client',
        from,
        to,
        at: isoTime(at),
        milliseconds,
        request: {
          method: request.method,
          url: text(request.url),
          headers: headers(Object.entries(request.headers)),
          body: sent,
        },
        response: response
          ? {
              status: response.status,
              headers: headers(response.headers),
              body: received ?? null,
              truncated: response.truncated,
            }
          : null,
        error: error === undefined ? null : text(error),
      };
    },
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function parseJson(content: string): Json | undefined {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return undefined;
  }
}
