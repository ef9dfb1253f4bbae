import { ConfigurationError } from '../../shared/configuration-error.js';
import { isLoopbackHost } from '../../shared/http/loopback.js';
import { formatScope, missingScopes } from '../../shared/oauth/scope.js';
import { wayOfTelling } from '../clients/told-to-register.js';
import type { ParsedOptions } from './schema.js';

/**
 * Holds the options against each other.
 *
 * @throws ConfigurationError for the first that does not go with another
 */
export function checkTogether(options: ParsedOptions): void {
  checkTransport(options);
  checkUsers(options);
  checkDefaultScopes(options);
  checkDemoOnly(options);
  checkDocumentOptions(options);
  checkPresets(options);
  checkUnknownClients(options);
  checkTokenOptions(options);
}

/**
 * An issuer is an https URL. Plain http is tolerated where nothing leaves the machine.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-1.5 OAuth 2.1 §1.5}
 */
function checkTransport({ issuer, insecureHttp }: ParsedOptions): void {
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:' || isLoopbackHost(hostname) || insecureHttp) return;
  throw new ConfigurationError(
    'issuer',
    `${issuer} is plain http and not on this machine; use https, or allow it with insecureHttp (--insecure-http)`,
  );
}

function checkDefaultScopes({ scopes, defaultScopes = [] }: ParsedOptions): void {
  const missing = missingScopes(defaultScopes, scopes);
  if (missing.length === 0) return;
  throw new ConfigurationError(
    'defaultScopes',
    `has ${formatScope(missing)}, which is not among the scopes that can be granted (--scopes)`,
  );
}

function checkUsers({ demoMode, users }: ParsedOptions): void {
  if (demoMode || users.length > 0) return;
  throw new ConfigurationError(
    'users',
    'outside demo mode there must be somebody who can sign in; give a user and a password',
  );
}

/** What demo mode alone may have, and why nobody else. */
const DEMO_ONLY = [
  ['openIntrospection', 'here a resource server must authenticate'],
  ['metadataAtRoot', 'the metadata is at its own places'],
  ['cimdAllowLoopback', 'elsewhere strangers would make this server send requests to itself'],
] as const satisfies readonly (readonly [keyof ParsedOptions, string])[];

function checkDemoOnly(options: ParsedOptions): void {
  if (options.demoMode) return;
  for (const [option, why] of DEMO_ONLY) {
    if (options[option]) throw new ConfigurationError(option, `is for demo mode only: ${why}`);
  }
}

/** What would have no effect is more likely a mistake. */
function checkDocumentOptions({ registration, cimdTrust, cimdAllowLoopback }: ParsedOptions): void {
  if (registration.includes('cimd')) return;
  const message = 'has no effect, as cimd is not among the ways in which clients can become known';
  if (cimdTrust.length > 0) throw new ConfigurationError('cimdTrust', message);
  if (cimdAllowLoopback) throw new ConfigurationError('cimdAllowLoopback', message);
}

function checkPresets({ clients, registration }: ParsedOptions): void {
  if (clients.length === 0 || registration.includes('preset')) return;
  throw new ConfigurationError(
    'registration',
    'preset is not among them, yet preset clients are configured; add it, or leave those clients out',
  );
}

/** Adoption is a convenience of demo mode, and telling a client to register makes sense only where it can. */
function checkUnknownClients({ unknownClients, demoMode, registration }: ParsedOptions): void {
  if (unknownClients === undefined || unknownClients === 'reject') return;
  if (!demoMode) {
    throw new ConfigurationError(
      'unknownClients',
      `${unknownClients} is for demo mode only: elsewhere a client that is not known is refused`,
    );
  }
  if (wayOfTelling({ unknownClients }) !== undefined && !registration.includes('dcr')) {
    throw new ConfigurationError(
      'unknownClients',
      `${unknownClients} makes clients register, which they cannot do here: dcr is not in --registration`,
    );
  }
}

/** What would have no effect, again. */
function checkTokenOptions(options: ParsedOptions): void {
  const { tokenFormat, rotateKeysEverySeconds, signingAlg, grants, refreshGraceSeconds } = options;
  if (tokenFormat === 'opaque') {
    const message =
      'is for JWTs, and access tokens are opaque here; choose the token format jwt, or leave it out';
    if (rotateKeysEverySeconds !== undefined) throw new ConfigurationError('rotateKeysEverySeconds', message);
    if (signingAlg !== 'ES256') throw new ConfigurationError('signingAlg', message);
  }
  if (refreshGraceSeconds > 0 && !grants.includes('refresh_token')) {
    throw new ConfigurationError(
      'refreshGraceSeconds',
      'is for refresh tokens, and the grant type refresh_token is not served here; add it, or leave it out',
    );
  }
}
