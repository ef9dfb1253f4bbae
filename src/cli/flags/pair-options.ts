import { ConfigurationError } from '../../shared/configuration-error.js';
import { SCOPED_TOOLS_HIERARCHY, SCOPED_TOOLS_SCOPES } from '../../shared/oauth/demo.js';
import { systemRandom } from '../../shared/random.js';
import { namesOf } from '../banner.js';
import { type AuthorizationServerFlags, authorizationServerOptions } from './authorization-server-flags.js';
import type { Site } from '../place.js';
import { issuerAt } from './epoch.js';
import { type ResourceServerFlags, resourceServerOptions } from './resource-server-flags.js';

/** What the tools of `--scoped-tools` need, and what is broader. */
const SCOPES_OF_SCOPED_TOOLS = [
  ...Object.values(SCOPED_TOOLS_SCOPES),
  ...Object.keys(SCOPED_TOOLS_HIERARCHY),
];

/**
 * The options of both servers, matched: the AS knows the resource and the scopes of the RS, and the RS has
 * credentials that the AS accepts.
 *
 * @throws ConfigurationError for a value or file that can't be read
 */
export function pairOptions(
  asFlags: Omit<AuthorizationServerFlags, 'token-format'> & {
    readonly 'token-format'?: TokenFormat | undefined;
  },
  rsFlags: Omit<ResourceServerFlags, 'auth-server'> & { readonly 'auth-server'?: string[] | undefined },
  { asPlace, rsPlace }: { asPlace: Site; rsPlace: Site },
) {
  const at = issuerAt(asPlace, asFlags.epoch);
  const rs = resourceServerOptions(
    { ...rsFlags, 'auth-server': rsFlags['auth-server'] ?? [at.issuer] },
    rsPlace.url,
  );
  const own = rs.authServers.find(({ issuer }) => issuer === at.issuer);
  const as = authorizationServerOptions({
    ...asFlags,
    'token-format': tokenFormat(asFlags['token-format'], own ? rs.verify : undefined),
  });
  // Outside demo mode no pair of credentials is known beforehand, so this process makes up one for its two halves.
  const made =
    asPlace.demoMode && rsPlace.demoMode ? undefined : { id: 'all-rs', secret: systemRandom.token(32) };
  const shared = own?.introspectionCredentials ?? as.rsCredentials[0] ?? made;
  return {
    as: {
      ...as,
      ...at,
      demoMode: asPlace.demoMode,
      scopes: union(as.scopes, rs.requiredScopes, rs.scopedTools ? SCOPES_OF_SCOPED_TOOLS : []),
      // What a tool needs is asked for when it is called; granted beforehand, there would be no step-up to be watched.
      defaultScopes: union(as.defaultScopes, rs.requiredScopes),
      resources: union([rs.resource], as.resources),
      rsCredentials: shared ? withPair(as.rsCredentials, shared) : as.rsCredentials,
    },
    rs: {
      ...rs,
      demoMode: rsPlace.demoMode,
      authServers: rs.authServers.map((server) =>
        server === own && shared ? { ...server, introspectionCredentials: shared } : server,
      ),
    },
    banner: {
      resource: rs.resource,
      issuer: at.issuer,
      demoMode: asPlace.demoMode,
      users: namesOf(as.users),
      clients: { registration: as.registration, presets: as.clients.length },
      oauthStrict: rs.oauthStrict ?? true,
      era: rs.era,
      transport: rs.transport,
    },
  };
}

/** Each once, in their order. */
function union(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}

type TokenFormat = AuthorizationServerFlags['token-format'];

/**
 * The format of the tokens that the AS issues: one that the RS can verify.
 *
 * @param verify how the RS verifies them; undefined if it does not accept them at all
 */
function tokenFormat(
  given: TokenFormat | undefined,
  verify: ResourceServerFlags['verify'] | undefined,
): TokenFormat {
  if (verify !== 'jwt') return given ?? 'opaque';
  if (given !== 'opaque') return 'jwt';
  throw new ConfigurationError(
    'token-format',
    'opaque tokens cannot be verified by keys: leave it out, or leave --verify=jwt out',
  );
}

interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** The pairs that the AS accepts, with the one that the RS shows; one of the same id is left as it was given. */
function withPair(pairs: readonly Credentials[], pair: Credentials): readonly Credentials[] {
  return pairs.some(({ id }) => id === pair.id) ? pairs : [...pairs, pair];
}
