import { Flags } from '@oclif/core';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { GRANT_TYPES } from '../../shared/oauth/grant-types.js';
import { REGISTRATION_MECHANISMS } from '../../shared/oauth/registration-mechanisms.js';
import { isClientId } from '../../shared/oauth/client-id.js';
import { redirectUriFault } from '../../shared/oauth/redirect-uri.js';
import { printable } from '../../shared/printable.js';
import { parseCredentials, readJsonFile, splitAtFirst } from './values.js';
import { type ClientFlags, clientOptions, placeFlags } from './place-flags.js';
import { storeFlags, storeKeys } from './store-flags.js';

const repeatable = { multiple: true as const, multipleNonGreedy: true };

/** What `as` and `all` can set of the authorization server. */
export const authorizationServerFlags = {
  ...placeFlags(9000),
  epoch: Flags.string({
    helpValue: '<name>',
    description:
      'segment that is put at the end of the issuer: with another one every client registers afresh',
    helpGroup: 'PLACE',
  }),
  registration: Flags.string({
    default: REGISTRATION_MECHANISMS.join(','),
    description: 'how clients can become known, separated by commas; what is left out is absent',
    helpGroup: 'CLIENTS',
  }),
  'allow-redirect-scheme': Flags.string({
    ...repeatable,
    helpValue: '<scheme>',
    description:
      "an app's own scheme that redirect URIs may have, as in myapp, beside reversed domain names; repeatable",
    helpGroup: 'CLIENTS',
  }),
  'cimd-trust': Flags.string({
    ...repeatable,
    helpValue: '<host>[:<port>]',
    description:
      'a host whose metadata documents are taken, and no others; repeatable; every public one unless given',
    helpGroup: 'CLIENTS',
  }),
  'cimd-allow-loopback': Flags.boolean({
    description:
      'take metadata documents on this machine too, over plain http as well (demo mode only; outside the draft)',
    helpGroup: 'CLIENTS',
  }),
  client: Flags.string({
    ...repeatable,
    helpValue: '<id>[=<redirect_uri>]',
    description:
      'preset client; without a redirect URI it may use any on loopback and those of known editors; repeatable',
    helpGroup: 'CLIENTS',
  }),
  clients: Flags.string({
    helpValue: '<file.json>',
    description: 'preset clients: a JSON array of client metadata (RFC 7591) with client_id',
    helpGroup: 'CLIENTS',
  }),
  'max-registrations': Flags.integer({
    min: 1,
    helpValue: '<number>',
    description:
      'how many clients there may be that nobody has signed in for, 100,000 unless given: of more the oldest go, and' +
      ' each goes after 30 days',
    helpGroup: 'CLIENTS',
  }),
  'unknown-clients': Flags.option({
    options: ['adopt', 'reject', 'reregister', 'reject-200'] as const,
    description:
      'a client_id that is not known here: take it in as a public client (the default where clients can register by' +
      ' themselves), refuse it, or take it in and have it register again: by a first token that is void (reregister),' +
      ' or by answering its first code with invalid_client and HTTP 200, which is outside RFC 6749 (reject-200);' +
      ' all but reject in demo mode only',
    helpGroup: 'CLIENTS',
  })(),
  user: Flags.string({
    ...repeatable,
    helpValue: '<name:password>',
    description: '[env: MCP_OAUTH_DEMO_USER] somebody who may sign in; repeatable',
    helpGroup: 'USERS',
  }),
  users: Flags.string({
    helpValue: '<file.json>',
    description: 'users: a JSON array of {"username", "password"} or {"username", "password_hash"}',
    env: 'MCP_OAUTH_DEMO_USERS',
    helpGroup: 'USERS',
  }),
  scopes: Flags.string({
    default: 'user',
    description: 'scopes that can be granted, separated by commas',
    helpGroup: 'TOKENS',
  }),
  'default-scopes': Flags.string({
    helpValue: '<scopes>',
    description:
      'those of --scopes that a request without scope gets, separated by commas; all unless said otherwise',
    helpGroup: 'TOKENS',
  }),
  resource: Flags.string({
    ...repeatable,
    helpValue: '<url>',
    description: 'a resource server that tokens are for; the only one is the default audience; repeatable',
    helpGroup: 'TOKENS',
  }),
  grants: Flags.string({
    default: 'authorization_code,refresh_token',
    description: 'grant types that are served, separated by commas; client_credentials can be added',
    helpGroup: 'TOKENS',
  }),
  'token-format': Flags.option({
    options: ['opaque', 'jwt'] as const,
    default: 'opaque' as const,
    description: 'access tokens that mean nothing by themselves, or signed JWTs (RFC 9068)',
    helpGroup: 'TOKENS',
  })(),
  'signing-alg': Flags.option({
    options: ['ES256', 'RS256'] as const,
    default: 'ES256' as const,
    description: 'what JWTs are signed with',
    helpGroup: 'TOKENS',
  })(),
  'rotate-keys-every': Flags.integer({
    min: 1,
    helpValue: '<seconds>',
    description: 'sign JWTs with another key after so long; one key for ever unless given',
    helpGroup: 'TOKENS',
  }),
  'code-seconds': Flags.integer({
    default: 60,
    min: 1,
    max: 600,
    description: 'life of an authorization code',
    helpGroup: 'TOKENS',
  }),
  'access-token-seconds': Flags.integer({
    default: 3600,
    min: 1,
    description: 'life of an access token',
    helpGroup: 'TOKENS',
  }),
  'refresh-token-seconds': Flags.integer({
    default: 2_592_000,
    min: 1,
    description: 'life of a refresh token',
    helpGroup: 'TOKENS',
  }),
  'refresh-grace': Flags.integer({
    default: 0,
    min: 0,
    max: 60,
    helpValue: '<seconds>',
    description: 'how long a used refresh token may be used again, for clients that race; 0: never',
    helpGroup: 'TOKENS',
  }),
  'rs-credentials': Flags.string({
    ...repeatable,
    helpValue: '<id:secret>',
    description:
      '[env: MCP_OAUTH_DEMO_RS_CREDENTIALS] what a resource server shows at /introspect; if the id is a URL, it learns' +
      ' of tokens for that resource only; in demo mode a known pair does; repeatable',
    helpGroup: 'TOKENS',
  }),
  'open-introspection': Flags.boolean({
    description: 'let anybody introspect (demo mode only), for resource servers that cannot authenticate',
    helpGroup: 'TOKENS',
  }),
  ...storeFlags,
};

/** What the flags of the authorization server come to. */
export interface AuthorizationServerFlags extends ClientFlags {
  readonly epoch?: string | undefined;
  readonly registration: string;
  readonly 'allow-redirect-scheme'?: string[] | undefined;
  readonly 'cimd-trust'?: string[] | undefined;
  readonly 'cimd-allow-loopback': boolean;
  readonly client?: string[] | undefined;
  readonly clients?: string | undefined;
  readonly 'unknown-clients'?: 'adopt' | 'reject' | 'reregister' | 'reject-200' | undefined;
  readonly user?: string[] | undefined;
  readonly users?: string | undefined;
  readonly scopes: string;
  readonly 'default-scopes'?: string | undefined;
  readonly resource?: string[] | undefined;
  readonly 'token-format': 'opaque' | 'jwt';
  readonly 'signing-alg': 'ES256' | 'RS256';
  readonly 'rotate-keys-every'?: number | undefined;
  readonly 'access-token-seconds': number;
  readonly 'refresh-token-seconds': number;
  readonly 'refresh-grace': number;
  readonly grants: string;
  readonly 'code-seconds': number;
  readonly 'rs-credentials'?: string[] | undefined;
  readonly 'open-introspection': boolean;
  readonly 'allow-origin'?: string[] | undefined;
  readonly 'insecure-http': boolean;
  readonly 'store-key'?: string[] | undefined;
  readonly 'max-registrations'?: number | undefined;
}

/**
 * The options of the authorization server, as the flags, files and environment give them; it validates them itself.
 *
 * @throws ConfigurationError for a value or file that can't be read
 */
export function authorizationServerOptions(flags: AuthorizationServerFlags) {
  const redirectSchemes = flags['allow-redirect-scheme'] ?? [];
  const users = [
    ...fromEnvironment(flags.user, 'MCP_OAUTH_DEMO_USER').map(parseUser),
    ...(flags.users === undefined ? [] : readJsonFile('users', flags.users)),
  ];
  return {
    scopes: splitList(flags.scopes),
    defaultScopes: splitList(flags['default-scopes'] ?? flags.scopes),
    registration: parseNames('registration', REGISTRATION_MECHANISMS, flags.registration),
    redirectSchemes,
    cimdTrust: flags['cimd-trust'] ?? [],
    cimdAllowLoopback: flags['cimd-allow-loopback'],
    clients: [
      ...presetClients(flags.client ?? [], redirectSchemes),
      ...(flags.clients === undefined ? [] : readJsonFile('clients', flags.clients)),
    ],
    ...(flags['unknown-clients'] !== undefined && { unknownClients: flags['unknown-clients'] }),
    users,
    resources: flags.resource ?? [],
    rsCredentials: fromEnvironment(flags['rs-credentials'], 'MCP_OAUTH_DEMO_RS_CREDENTIALS').map((pair) =>
      parseCredentials('rs-credentials', pair),
    ),
    openIntrospection: flags['open-introspection'],
    tokenFormat: flags['token-format'],
    signingAlg: flags['signing-alg'],
    storeKeys: storeKeys(flags),
    ...(flags['max-registrations'] !== undefined && { maxRegistrations: flags['max-registrations'] }),
    ...(flags['rotate-keys-every'] !== undefined && { rotateKeysEverySeconds: flags['rotate-keys-every'] }),
    grants: parseNames('grants', GRANT_TYPES, flags.grants),
    refreshGraceSeconds: flags['refresh-grace'],
    accessTokenSeconds: flags['access-token-seconds'],
    refreshTokenSeconds: flags['refresh-token-seconds'],
    codeSeconds: flags['code-seconds'],
    allowOrigins: flags['allow-origin'] ?? [],
    ...clientOptions(flags),
    insecureHttp: flags['insecure-http'],
  };
}

/** Each name once. @throws ConfigurationError that names the flag and what is not known */
function parseNames<T extends string>(flag: string, known: readonly T[], list: string): T[] {
  return [...new Set(splitList(list))].map((value) => {
    const name = known.find((one) => one === value);
    if (name !== undefined) return name;
    throw new ConfigurationError(flag, `"${printable(value, 40)}" is not one of ${known.join(', ')}`);
  });
}

function splitList(value: string): string[] {
  return value.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** A repeatable flag takes its one value from the environment where it is not given: secrets need not stand in `ps`. */
function fromEnvironment(given: string[] | undefined, name: string): string[] {
  if (given !== undefined && given.length > 0) return given;
  const value = process.env[name];
  return value === undefined || value === '' ? [] : [value];
}

/**
 * `id` and `id=redirect_uri`, the redirect URIs of the same id together.
 *
 * @throws ConfigurationError that names the client: the server itself knows it only by its place among all
 */
function presetClients(
  values: readonly string[],
  schemes: readonly string[],
): { client_id: string; redirect_uris?: string[] }[] {
  const clients = new Map<string, string[]>();
  for (const value of values) {
    const [id, redirectUri] = splitAtFirst('=', value);
    if (!isClientId(id)) {
      throw new ConfigurationError(
        'client',
        `"${printable(id, 40)}" is no client_id: it must be printable ASCII`,
      );
    }
    const fault = redirectUri === undefined ? undefined : redirectUriFault(redirectUri, schemes);
    if (fault !== undefined) throw new ConfigurationError('client', `the redirect URI of ${id} ${fault}`);
    clients.set(id, [...(clients.get(id) ?? []), ...(redirectUri === undefined ? [] : [redirectUri])]);
  }
  return [...clients].map(([client_id, redirect_uris]) =>
    redirect_uris.length === 0 ? { client_id } : { client_id, redirect_uris },
  );
}

function parseUser(value: string): { username: string; password: string } {
  const { id, secret } = parseCredentials('user', value);
  return { username: id, password: secret };
}
