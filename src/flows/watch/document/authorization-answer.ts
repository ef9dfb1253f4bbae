import type { RecordedExchange } from '../../record/recorded-exchange.js';
import type { LinkedExchange } from '../watched-flow.js';

/** What the browser was sent back to the client with. */
export interface AuthorizationAnswer {
  /** as in the Location of the redirect, redacted */
  readonly url: string;
  readonly parameters: URLSearchParams;
}

/**
 * The authorization response, if this exchange sends the browser back to the client. A redirect from one page of the
 * authorization server to the next is none.
 *
 * @param flow all exchanges of the flow, of which one names the redirect URI
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 RFC 6749 §4.1.2}
 */
export function authorizationAnswerOf(
  { request, response }: Pick<RecordedExchange, 'request' | 'response'>,
  flow: readonly LinkedExchange[],
): AuthorizationAnswer | undefined {
  const location = response?.headers['location'];
  if (!response || response.status < 300 || response.status > 399 || location === undefined) return undefined;
  const url = URL.parse(location, request.url);
  if (!url || !(url.searchParams.has('code') || url.searchParams.has('error'))) return undefined;
  const isElsewhere = url.origin !== URL.parse(request.url)?.origin;
  const isNamed = flow.some(({ exchange }) => isPlaceOf(exchange.brought.redirect_uri, url));
  return isElsewhere || isNamed ? { url: location, parameters: url.searchParams } : undefined;
}

function isPlaceOf(redirectUri: string | undefined, { origin, pathname }: URL): boolean {
  const named = redirectUri === undefined ? null : URL.parse(redirectUri);
  return named?.origin === origin && named.pathname === pathname;
}
