/** No access token is longer; what is larger is not sent on to the authorization server. */
const MAX_TOKEN_LENGTH = 8192;

/** The characters of a bearer token: RFC 6750's `b64token`. */
const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Why a request counts as one without a token; `token_in_body` only where the body was looked at. */
export type WithoutTokenReason = 'token_missing' | 'token_in_query' | 'token_in_body' | 'other_scheme';

/** What a request carries as its token. */
export type PresentedToken =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none'; readonly reason: WithoutTokenReason }
  | {
      readonly kind: 'malformed';
      readonly reason: 'authorization_malformed' | 'token_sent_twice';
      readonly description: string;
    };

/**
 * Finds the token of a request. Only the header counts: a token in the query ends up in logs and histories, so it is
 * not even looked at.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2 RFC 6750 §2}
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#token-requirements MCP authorization, token requirements}
 */
export function readBearerToken(request: Request): PresentedToken {
  const header = request.headers.get('authorization');
  const inQuery = hasTokenInQuery(request.url);
  if (header === null) return { kind: 'none', reason: inQuery ? 'token_in_query' : 'token_missing' };
  const [scheme = '', ...rest] = header.trim().split(/ +/);
  if (scheme.toLowerCase() !== 'bearer') return { kind: 'none', reason: 'other_scheme' };
  const [token = ''] = rest;
  if (rest.length !== 1 || token.length > MAX_TOKEN_LENGTH || !B64_TOKEN.test(token)) {
    return {
      kind: 'malformed',
      reason: 'authorization_malformed',
      description: 'the Authorization header must be the word Bearer, a space, and one token',
    };
  }
  if (inQuery) {
    return {
      kind: 'malformed',
      reason: 'token_sent_twice',
      description: 'the token belongs into the Authorization header, and nowhere else',
    };
  }
  return { kind: 'token', token };
}

/** The plain text is asked first, because almost no request has a query at all. */
function hasTokenInQuery(url: string): boolean {
  return url.includes('access_token') && new URL(url).searchParams.has('access_token');
}
