import { OAuthError } from '../../shared/oauth/errors.js';
import {
  isLoopbackRedirectUri,
  isSameRedirectUri,
  KNOWN_EDITOR_REDIRECT_URIS,
  redirectUriFault,
} from '../../shared/oauth/redirect-uri.js';
import type { AuthorizationServerConfig } from '../config/index.js';
import type { ClientRecord } from '../store/records.js';

declare const validated: unique symbol;

/**
 * A redirect URI that belongs to the client which asked for it. Only {@link matchRedirectUri} makes one, so a function
 * that takes one can't be an open redirector.
 */
export type ValidatedRedirectUri = string & { readonly [validated]: true };

/** No real redirect URI comes near. */
export const MAX_REDIRECT_URI_LENGTH = 2048;

/**
 * Whether a client without redirect URIs of its own may use this one: on loopback, or a known editor's.
 */
export function isOpenToAnyClient(uri: string): boolean {
  if (uri.length > MAX_REDIRECT_URI_LENGTH || redirectUriFault(uri) !== undefined) return false;
  return isLoopbackRedirectUri(uri) || KNOWN_EDITOR_REDIRECT_URIS.includes(uri);
}

/**
 * Whether a browser may be sent there without its user having been asked: a program on the user's own machine, a known
 * editor, or what the operator has configured. Anybody can register any other.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-7.12.2 OAuth 2.1 §7.12.2}
 */
export function isTrustedRedirectUri(client: ClientRecord, uri: ValidatedRedirectUri): boolean {
  return client.origin === 'preset' || isLoopbackRedirectUri(uri) || KNOWN_EDITOR_REDIRECT_URIS.includes(uri);
}

/**
 * Finds out where the user is sent back to.
 *
 * @param requested the parameter of the request; may be left out if exactly one is registered
 * @throws OAuthError `invalid_request`, which must be shown on a page
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-2.3.1 OAuth 2.1 §2.3.1}
 */
export function matchRedirectUri(
  { redirectSchemes }: Pick<AuthorizationServerConfig, 'redirectSchemes'>,
  client: Pick<ClientRecord, 'metadata'>,
  requested: string | undefined,
): ValidatedRedirectUri {
  const registered = client.metadata.redirect_uris;
  const asked = requested ?? onlyRegistered(registered);
  const matches =
    asked.length <= MAX_REDIRECT_URI_LENGTH &&
    (registered
      ? registered.some((uri) => isSameRedirectUri(uri, asked)) &&
        redirectUriFault(asked, redirectSchemes) === undefined
      : isOpenToAnyClient(asked));
  if (matches) return asked as ValidatedRedirectUri;
  throw new OAuthError('invalid_request', 'redirect_uri is not one that this client may use', {
    reason: 'redirect_uri_not_registered',
  });
}

function onlyRegistered(registered: readonly string[] | undefined): string {
  const [only, ...more] = registered ?? [];
  if (only !== undefined && more.length === 0) return only;
  throw new OAuthError(
    'invalid_request',
    'redirect_uri is missing; it may be left out only if the client has exactly one registered',
    { reason: 'redirect_uri_missing' },
  );
}
