import * as z from 'zod';
import { ConfigurationError } from '../shared/configuration-error.js';
import { isLoopbackHost } from '../shared/http/loopback.js';
import { DEMO_RS_CREDENTIALS } from '../shared/oauth/demo.js';
import { GRANT_TYPES, type GrantType } from '../shared/oauth/grant-types.js';
import {
  REGISTRATION_MECHANISMS,
  type RegistrationMechanism,
} from '../shared/oauth/registration-mechanisms.js';
import { isAppScheme } from '../shared/oauth/redirect-uri.js';
import { isResourceIdentifier } from '../shared/oauth/resource.js';
import { parseScope } from '../shared/oauth/scope.js';
import { checkPresetGrants, type PresetClient, parsePresetClients } from './clients/presets.js';
import { UNKNOWN_CLIENTS, type UnknownClients, wayOfTelling } from './clients/told-to-register.js';
import { parseConfigured } from './configuration-value.js';
import { DEMO_USERNAME, parseUsers, type User } from './owner/users.js';

/** What {@link createAuthorizationServer} is told; only `issuer` has no default. */
export interface AuthorizationServerOptions {
  /** the URL under which clients reach it, without a trailing slash; spelled like this everywhere */
  readonly issuer: string;
  /** whether the issuer may be plain http on another host than this machine; default false */
  readonly insecureHttp?: boolean;
  /**
   * Demo mode only: whether the metadata is at the root of the issuer's host too, though the issuer has a path, so that
   * who knows only the host finds it. Its `issuer` is not the URL it was asked for under, so a strict reader takes it as
   * a hint of where to look. Default false.
   */
  readonly metadataAtRoot?: boolean;
  /**
   * Whether conveniences that only one's own machine may have are on: any password, adoption of unknown clients, known
   * credentials for introspection, any resource, client evidence. Requests under a name that is not loopback are
   * refused then. Default false.
   */
  readonly demoMode?: boolean;
  /** what can be granted, `offline_access` apart; default `['user']` */
  readonly scopes?: readonly string[];
  /** how clients can become known; default: in every way. What is left out is absent, in the metadata too. */
  readonly registration?: readonly RegistrationMechanism[];
  /**
   * schemes of apps that redirect URIs may have, as `myapp`, beside reversed domain names and known editors; default
   * none
   */
  readonly redirectSchemes?: readonly string[];
  /** `host` or `host:port`, from which alone metadata documents are taken; default: every public one */
  readonly cimdTrust?: readonly string[];
  /** demo mode only, and outside the draft: metadata documents may be on this machine, over plain http too */
  readonly cimdAllowLoopback?: boolean;
  /** each a {@link PresetClient}; validated here */
  readonly clients?: readonly unknown[];
  /**
   * What is done about a client_id that is not known here. All but `reject` are for demo mode. Default `adopt` where
   * clients can register by themselves anyway, else `reject`.
   *
   * - `adopt`: it is taken in as a public client; outside demo mode it is refused all the same
   * - `reject`: it is refused, on a page that says what to do
   * - `reregister`: as `adopt`, but its first token is void, so that the MCP server answers 401 and the client registers
   * - `reject-200`: as `adopt`, but its first code is answered `invalid_client` with HTTP 200, which some clients act on;
   *   RFC 6749 §5.2 has no such answer
   */
  readonly unknownClients?: UnknownClients;
  /** each a {@link User}; validated here. Outside demo mode there must be one. */
  readonly users?: readonly unknown[];
  /** resources that tokens may be for; the only one is the default audience */
  readonly resources?: readonly string[];
  /**
   * What resource servers show at the introspection endpoint; in demo mode a known pair unless given. One whose id is a
   * URL is the resource at that URL: tokens for others are inactive to it.
   */
  readonly rsCredentials?: readonly { readonly id: string; readonly secret: string }[];
  /** demo mode only: anybody may introspect */
  readonly openIntrospection?: boolean;
  /** whether access tokens mean nothing by themselves, or are JWTs (RFC 9068); default `opaque` */
  readonly tokenFormat?: 'opaque' | 'jwt';
  /** what JWTs are signed with; default `ES256` */
  readonly signingAlg?: 'ES256' | 'RS256';
  /** how long one key signs JWTs; default: for ever */
  readonly rotateKeysEverySeconds?: number;
  /** grant types that are served; `authorization_code` must be among them. Default: that and `refresh_token` */
  readonly grants?: readonly GrantType[];
  /** how long a refresh token that was used may be used again; default 0: a second use ends the grant */
  readonly refreshGraceSeconds?: number;
  /** default 3600 */
  readonly accessTokenSeconds?: number;
  /** default 60 */
  readonly codeSeconds?: number;
  /** since the last use; default 30 days */
  readonly refreshTokenSeconds?: number;
  /** origins of web pages that may call it, beside those on this machine */
  readonly allowOrigins?: readonly string[];
}

/** The options, validated and complete. */
export interface AuthorizationServerConfig {
  readonly issuer: string;
  readonly insecureHttp: boolean;
  readonly metadataAtRoot: boolean;
  readonly demoMode: boolean;
  readonly scopes: readonly string[];
  readonly registration: readonly RegistrationMechanism[];
  readonly redirectSchemes: readonly string[];
  readonly cimdTrust: readonly string[];
  readonly cimdAllowLoopback: boolean;
  readonly clients: readonly PresetClient[];
  readonly unknownClients: UnknownClients;
  readonly users: readonly User[];
  readonly resources: readonly string[];
  readonly rsCredentials: readonly { readonly id: string; readonly secret: string }[];
  readonly openIntrospection: boolean;
  readonly tokenFormat: 'opaque' | 'jwt';
  readonly signingAlg: 'ES256' | 'RS256';
  readonly rotateKeysEverySeconds?: number;
  readonly grants: readonly GrantType[];
  readonly refreshGraceSeconds: number;
  readonly accessTokenSeconds: number;
  readonly codeSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly allowOrigins: readonly string[];
}

/** Long enough for a client that lost an answer to ask again; each second more is one for a thief. */
const MAX_REFRESH_GRACE_SECONDS = 60;

const someSeconds = z
  .number('must be a number of seconds')
  .int('must be whole seconds')
  .positive('must be at least 1 second');

const seconds = (fallback: number) => someSeconds.default(fallback);

const OPTIONS = z.strictObject({
  issuer: z
    .string()
    .refine(isIssuer, 'must be an http(s) URL without query, fragment, user name and trailing slash')
    .refine(hasPlainPath, 'must have a path of letters, digits, ".", "_", "~" and "-", without dot segments'),
  insecureHttp: z.boolean().default(false),
  metadataAtRoot: z.boolean().default(false),
  demoMode: z.boolean().default(false),
  scopes: z
    .array(
      z
        .string()
        .refine(
          (scope) => scope !== '' && parseScope(scope)?.length === 1,
          'is not one scope (RFC 6749 §3.3)',
        ),
    )
    .min(1, 'needs at least one scope')
    .default(['user']),
  registration: z
    .array(z.enum(REGISTRATION_MECHANISMS, `must be one of ${REGISTRATION_MECHANISMS.join(', ')}`))
    .min(1, `needs at least one of ${REGISTRATION_MECHANISMS.join(', ')}`)
    .default([...REGISTRATION_MECHANISMS]),
  redirectSchemes: z
    .array(z.string().refine(isAppScheme, "must be an app's own scheme without its colon, as in myapp"))
    .default([]),
  cimdTrust: z
    .array(
      z
        .string()
        .refine(
          isHost,
          'must be a host as in a URL, in lower case, with :port unless that is 443, as in app.example.com',
        ),
    )
    .default([]),
  cimdAllowLoopback: z.boolean().default(false),
  clients: z.array(z.unknown()).default([]),
  unknownClients: z.enum(UNKNOWN_CLIENTS, `must be one of ${UNKNOWN_CLIENTS.join(', ')}`).optional(),
  users: z.array(z.unknown()).default([]),
  resources: z
    .array(
      z
        .string()
        .refine(isResourceIdentifier, 'must be an absolute http(s) URL without fragment (RFC 8707 §2)'),
    )
    .default([]),
  rsCredentials: z
    .array(
      z.strictObject({
        id: z.string().min(1, 'must not be empty'),
        secret: z.string().min(1, 'must not be empty'),
      }),
    )
    .default([]),
  openIntrospection: z.boolean().default(false),
  tokenFormat: z.enum(['opaque', 'jwt'], 'must be opaque or jwt').default('opaque'),
  signingAlg: z.enum(['ES256', 'RS256'], 'must be ES256 or RS256').default('ES256'),
  rotateKeysEverySeconds: someSeconds.optional(),
  grants: z
    .array(z.enum(GRANT_TYPES, `must be one of ${GRANT_TYPES.join(', ')}`))
    .refine((grants) => grants.includes('authorization_code'), 'needs authorization_code')
    .default(['authorization_code', 'refresh_token']),
  refreshGraceSeconds: z
    .number('must be a number of seconds')
    .int('must be whole seconds')
    .min(0, 'must be 0 seconds or more')
    .max(MAX_REFRESH_GRACE_SECONDS, `must be ${MAX_REFRESH_GRACE_SECONDS} seconds or less`)
    .default(0),
  accessTokenSeconds: seconds(3600),
  codeSeconds: seconds(60).pipe(z.number().max(600, 'must be 600 seconds or less: a code is for at once')),
  refreshTokenSeconds: seconds(30 * 24 * 3600),
  allowOrigins: z
    .array(z.string().refine(isOrigin, 'must be an origin, as in https://app.example.com'))
    .default([]),
});

/**
 * Validates the options and puts the defaults in.
 *
 * @throws ConfigurationError that names the option
 */
export function parseConfig(options: AuthorizationServerOptions): AuthorizationServerConfig {
  const parsed = parseConfigured(OPTIONS, options);
  checkTransport(parsed);
  const users = parseUsers(parsed.users);
  if (!parsed.demoMode && users.length === 0) {
    throw new ConfigurationError(
      'users',
      'outside demo mode there must be somebody who can sign in; give a user and a password',
    );
  }
  if (!parsed.demoMode && parsed.openIntrospection) {
    throw new ConfigurationError(
      'openIntrospection',
      'is for demo mode only: here a resource server must authenticate',
    );
  }
  checkDocumentOptions(parsed);
  if (parsed.clients.length > 0 && !parsed.registration.includes('preset')) {
    throw new ConfigurationError(
      'registration',
      'preset is not among them, yet preset clients are configured; add it, or leave those clients out',
    );
  }
  if (parsed.metadataAtRoot && !parsed.demoMode) {
    throw new ConfigurationError(
      'metadataAtRoot',
      'is for demo mode only: the metadata is at its own places',
    );
  }
  checkUnknownClients(parsed);
  if (parsed.tokenFormat === 'opaque' && parsed.rotateKeysEverySeconds !== undefined) {
    throw new ConfigurationError(
      'rotateKeysEverySeconds',
      'is for JWTs, and access tokens are opaque here; choose the token format jwt, or leave it out',
    );
  }
  const clients = parsePresetClients(parsed.clients, parsed.redirectSchemes);
  const usernames = users.length > 0 ? users.map(({ username }) => username) : [DEMO_USERNAME];
  checkPresetGrants(clients, parsed.grants, usernames);
  const demoCredentials = parsed.demoMode && parsed.rsCredentials.length === 0 ? [DEMO_RS_CREDENTIALS] : [];
  return {
    ...parsed,
    users,
    clients,
    unknownClients: parsed.unknownClients ?? (adoptsByDefault(parsed) ? 'adopt' : 'reject'),
    rsCredentials: [...parsed.rsCredentials, ...demoCredentials],
  };
}

/** Where anybody can register, adoption gives nothing away that registration does not give. */
function adoptsByDefault({ demoMode, registration }: z.infer<typeof OPTIONS>): boolean {
  return demoMode && registration.includes('dcr');
}

/** Telling a client to register makes sense only where it can, and is a convenience of demo mode as adoption is. */
function checkUnknownClients({ unknownClients, demoMode, registration }: z.output<typeof OPTIONS>): void {
  if (unknownClients === undefined || wayOfTelling({ unknownClients }) === undefined) return;
  if (!demoMode) {
    throw new ConfigurationError(
      'unknownClients',
      `${unknownClients} is for demo mode only: elsewhere a client that is not known is refused`,
    );
  }
  if (!registration.includes('dcr')) {
    throw new ConfigurationError(
      'unknownClients',
      `${unknownClients} makes clients register, which they cannot do here: dcr is not in --registration`,
    );
  }
}

/**
 * Checks the options of an authorization server without making one, as for a command that must not take a port in vain.
 *
 * @throws ConfigurationError that names the option
 */
export function checkAuthorizationServerOptions(options: AuthorizationServerOptions): void {
  parseConfig(options);
}

/**
 * An issuer is an https URL. Plain http is tolerated where nothing leaves the machine.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-1.5 OAuth 2.1 §1.5}
 */
function checkTransport({ issuer, insecureHttp }: { issuer: string; insecureHttp: boolean }): void {
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'https:' || isLoopbackHost(hostname) || insecureHttp) return;
  throw new ConfigurationError(
    'issuer',
    `${issuer} is plain http and not on this machine; use https, or allow it with insecureHttp (--insecure-http)`,
  );
}

/** @throws ConfigurationError for what would have no effect, or too much of it */
function checkDocumentOptions({
  demoMode,
  registration,
  cimdTrust,
  cimdAllowLoopback,
}: z.infer<typeof OPTIONS>) {
  if (cimdAllowLoopback && !demoMode) {
    throw new ConfigurationError(
      'cimdAllowLoopback',
      'is for demo mode only: elsewhere strangers would make this server send requests to itself',
    );
  }
  if (registration.includes('cimd')) return;
  const message = 'has no effect, as cimd is not among the ways in which clients can become known';
  if (cimdTrust.length > 0) throw new ConfigurationError('cimdTrust', message);
  if (cimdAllowLoopback) throw new ConfigurationError('cimdAllowLoopback', message);
}

/** Whether a value is spelled as `URL.host` spells it, for the scheme https. */
function isHost(value: string): boolean {
  return /^[a-z0-9.:[\]-]+$/.test(value) && URL.parse(`https://${value}/`)?.host === value;
}

function isIssuer(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    !/[?#]/.test(value) &&
    !value.endsWith('/') &&
    url.username === '' &&
    url.password === ''
  );
}

/** Whether the path is spelled as it is served: the router gives `:` and `*` a meaning, and parsers rewrite the rest. */
function hasPlainPath(value: string): boolean {
  const path = value.replace(/^https?:\/\/[^/]*/i, '');
  return /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)*$/.test(path);
}

function isOrigin(value: string): boolean {
  return URL.parse(value)?.origin === value && value !== 'null';
}
