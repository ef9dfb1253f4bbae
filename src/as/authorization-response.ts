import type { ValidatedRedirectUri } from './clients/redirect-uris.js';

/** Where an answer to an authorization request goes. */
export interface RedirectTarget {
  readonly redirect_uri: ValidatedRedirectUri;
  readonly state?: string | undefined;
}

/** What goes back to the client: `code`, or `error` and `error_description`. */
export type Answer = Readonly<Record<string, string>>;

/**
 * Sends the user back to the client.
 *
 * @param status 302, or 303 after a form was posted, so that the client is asked with GET
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 RFC 6749 §4.1.2}
 */
export function redirectToClient(
  target: RedirectTarget,
  issuer: string,
  answer: Answer,
  status: 302 | 303,
): Response {
  return new Response(null, {
    status,
    headers: {
      location: responseUri(target, issuer, answer),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  });
}

/**
 * The redirect URI with the answer in it. `state` and `iss` are put in here, so no answer can lack them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9207#section-2 RFC 9207 §2}
 */
export function responseUri(target: RedirectTarget, issuer: string, answer: Answer): string {
  const { redirect_uri, state } = target;
  return withQuery(redirect_uri, { ...answer, ...(state !== undefined && { state }), iss: issuer });
}

/** Adds to the query that the URI may have already. Spaces become %20, which every decoder understands. */
function withQuery(uri: string, parameters: Readonly<Record<string, string>>): string {
  const added = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  if (!uri.includes('?')) return `${uri}?${added}`;
  return /[?&]$/.test(uri) ? uri + added : `${uri}&${added}`;
}
