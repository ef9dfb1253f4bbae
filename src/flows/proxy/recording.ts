import { mediaTypeOf } from '../../shared/http/body.js';
import type { Peer } from '../../shared/http/peer.js';
import { fingerprint } from '../../shared/secret.js';
import { broughtBy, givenBy } from '../record/links.js';
import type { Meaning, RecordedExchange } from '../record/recorded-exchange.js';
import { redactedMessages } from '../record/redacted-messages.js';
import { mapUrlParameters } from './parameters.js';
import { wireFacts } from './wire-facts.js';

/** An exchange as the client had it with this proxy, with its secrets. */
export interface ProxiedExchange {
  readonly number: number;
  readonly to: 'as' | 'rs';
  readonly meaning: Meaning;
  readonly at: number;
  readonly milliseconds: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Headers;
    readonly body: string;
  };
  readonly response:
    | {
        readonly status: number;
        readonly headers: Headers;
        readonly body: string;
        readonly truncated: boolean;
      }
    | undefined;
  readonly error: string | undefined;
  /** what this proxy changed, a sentence each */
  readonly said: readonly string[];
  readonly peer: Peer | undefined;
  /** by which the pages of a login are told apart: what the browser brought, and what it was given */
  readonly visit: { readonly brought: string | undefined; readonly gave: string | undefined };
}

/** What of a login page or of what somebody typed into it takes the place of it. */
const WITHHELD = '[not recorded: a page of the sign-in]';

/** Parameters of OAuth, which the redaction knows; all others of a page are nobody's business. */
const SHOWN =
  /^(?:response_type|client_id|redirect_uri|scope|state|code|code_challenge|code_challenge_method|resource|iss|error|error_description|prompt|interaction)$/;

/** Writes an exchange down: redacted, as the recorders of the servers do it. */
export function recordedOf(recorder: string, exchange: ProxiedExchange): RecordedExchange {
  const { meaning, request, response, visit } = exchange;
  const isPage = exchange.to === 'as' && (meaning === 'sign-in' || meaning === 'other');
  // Many servers show the login where the authorization endpoint is, and take there what is typed into it.
  const isToAuthorize = meaning === 'authorization-request';
  const isLogin = isPage || (isToAuthorize && request.method === 'POST');
  const headersOf = (headers: Headers) => (isPage || isToAuthorize ? shownHeaders(headers) : headers);
  const shownUrl = isPage ? withoutForeignValues(request.url) : request.url;
  const shown = redactedMessages(
    { url: shownUrl, headers: headersOf(request.headers), body: isLogin ? '' : request.body },
    request.method,
    response && {
      ...response,
      headers: headersOf(response.headers),
      body: isLogin ? '' : response.body,
    },
  );
  const brought = broughtBy(request);
  const gave =
    response === undefined
      ? {}
      : givenBy({ url: request.url, headers: response.headers, body: response.body });
  return {
    recorder,
    number: exchange.number,
    to: exchange.to,
    from: meaning === 'authorization-request' || meaning === 'sign-in' ? 'browser' : 'client',
    observed_by: 'proxy',
    meaning,
    at: exchange.at,
    milliseconds: exchange.milliseconds,
    request: { ...shown.request, body: isLogin && request.body !== '' ? WITHHELD : shown.request.body },
    response:
      isLogin && shown.response !== null && response?.body !== ''
        ? { ...shown.response, body: WITHHELD }
        : shown.response,
    error: exchange.error ?? null,
    reason_code: null,
    brought: { ...interaction(visit.brought), ...brought },
    gave: { ...interaction(visit.gave), ...gave },
    facts: wireFacts(meaning, request, response),
    said: [...exchange.said],
    peer: exchange.peer ?? null,
  };
}

function interaction(visit: string | undefined): { readonly interaction?: string } {
  return visit === undefined ? {} : { interaction: fingerprint(visit) };
}

function shownHeaders(headers: Headers): Headers {
  const shown = new Headers(headers);
  for (const name of ['location', 'referer']) {
    const value = headers.get(name);
    if (value !== null) shown.set(name, withoutForeignValues(value));
  }
  return shown;
}

function withoutForeignValues(url: string): string {
  return mapUrlParameters(url, (name, value) => (SHOWN.test(name) || value === '' ? value : '[redacted]'));
}

/** What a request to the authorization server is, where its path does not say so: foreign login pages may be anywhere. */
export function pageMeaning(meaning: Meaning, request: Headers, response: Headers | undefined): Meaning {
  if (meaning !== 'other') return meaning;
  const isPage =
    /^(?:text\/html|application\/xhtml\+xml)$/.test(mediaTypeOf(response?.get('content-type') ?? null)) ||
    (request.get('accept') ?? '').includes('text/html') ||
    request.get('sec-fetch-mode') === 'navigate';
  return isPage ? 'sign-in' : 'other';
}
