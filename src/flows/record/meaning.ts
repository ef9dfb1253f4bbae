import { wellKnownUrl } from '../../shared/oauth/well-known.js';
import type { Meaning } from './recorded-exchange.js';
import type { ServerPlaces } from './places.js';

/** Where the page of the flows posts what is to be done to a client; of all that is under `/flows` the one thing written down. */
export const LEVERS_PATH = '/flows/levers';

/** Members of the places that mean the same wherever they are. */
const ENDPOINTS = [
  ['authorization_endpoint', 'authorization-request'],
  ['token_endpoint', 'token-request'],
  ['registration_endpoint', 'registration'],
  ['introspection_endpoint', 'introspection'],
  ['revocation_endpoint', 'revocation'],
  ['jwks_uri', 'keys'],
] as const;

/** Paths by which clients go on where they could not read the metadata, and what they then ask of the wrong host. */
const GUESSED = /^\/(?:authorize|token|register|revoke|introspect)\/?$/;

/** Paths of a server, read from its places once. */
interface Paths {
  readonly byPath: ReadonlyMap<string, Meaning>;
  readonly register: string | undefined;
  readonly resource: string | undefined;
}

const known = new WeakMap<ServerPlaces, Paths>();

function pathsOf(places: ServerPlaces): Paths {
  const before = known.get(places);
  if (before) return before;
  const pathOf = (place: string | undefined) =>
    place === undefined ? undefined : URL.parse(place)?.pathname;
  const byPath = new Map<string, Meaning>();
  for (const [member, meaning] of ENDPOINTS) {
    const path = pathOf(places[member]);
    if (path !== undefined && !byPath.has(path)) byPath.set(path, meaning);
  }
  const paths = {
    byPath,
    register: pathOf(places.registration_endpoint),
    resource: pathOf(places.resource),
  };
  known.set(places, paths);
  return paths;
}

/** What a request to a server is for. */
export function meaningOf(method: string, url: URL, places: ServerPlaces): Meaning {
  if (method === 'OPTIONS') return 'preflight';
  if (url.pathname === LEVERS_PATH) return 'lever';
  const { byPath, register, resource } = pathsOf(places);
  const endpoint = byPath.get(url.pathname);
  if (endpoint !== undefined) return endpoint;
  if (register !== undefined && url.pathname.startsWith(`${register}/`)) return 'client-configuration';
  if (places.server === 'rs') {
    if (url.pathname === resource) return 'mcp';
    if (isResourceMetadata(url, places.resource)) return 'resource-metadata';
    return isMisdirected(url) ? 'misdirected' : 'other';
  }
  if (
    /^\/\.well-known\/(?:oauth-authorization-server|openid-configuration)|openid-configuration$/.test(
      url.pathname,
    )
  ) {
    return 'authorization-server-metadata';
  }
  if (/\/(?:login|consent)$/.test(url.pathname)) return 'sign-in';
  return isMisdirected(url) ? 'misdirected' : 'other';
}

function isResourceMetadata({ pathname }: URL, resource: string | undefined): boolean {
  const suffix = 'oauth-protected-resource';
  return (
    pathname === `/.well-known/${suffix}` ||
    (resource !== undefined && pathname === new URL(wellKnownUrl(resource, suffix)).pathname)
  );
}

function isMisdirected({ pathname }: URL): boolean {
  return GUESSED.test(pathname) || pathname.startsWith('/.well-known/') || pathname.includes('/.well-known/');
}
