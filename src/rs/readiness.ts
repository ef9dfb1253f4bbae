import { PROBE_PATIENCE_MILLISECONDS, type Readiness } from '../shared/http/health.js';
import type { AuthorizationServer } from './authorization-servers/authorization-server.js';
import type { AuthorizationServers } from './authorization-servers/directory.js';
import { isThere } from './metadata-document.js';
import { withinTime } from './unavailable.js';

/** For how long what a look found counts, in milliseconds: however often probes come, nobody is asked more often. */
const FRESH_MILLISECONDS = { found: 5000, missing: 1000 } as const;

/**
 * Looks whether this server can tell good tokens from bad ones: whether one authorization server at least can be reached.
 * One of several is enough, for those whose tokens are of another one must not be turned away.
 *
 * @param stopping fires when this server takes no more requests
 * @param milliseconds monotonic
 */
export function createReadiness(
  servers: Pick<AuthorizationServers, 'all'>,
  stopping: AbortSignal,
  milliseconds: () => number,
): () => Promise<Readiness> {
  const looks = servers.all.map((server) => createLook(server, milliseconds));
  return async () => {
    if (stopping.aborted) return { status: 'stopping' };
    const found = await Promise.all(looks.map((look) => look()));
    const missing = servers.all.filter((_, at) => !found[at]).map((server) => server.issuer());
    return { status: missing.length < servers.all.length ? 'ok' : 'no_authorization_server', missing };
  };
}

/** @returns a function that says whether the authorization server could be reached lately */
function createLook(
  server: Pick<AuthorizationServer, 'findAnew'>,
  milliseconds: () => number,
): () => Promise<boolean> {
  let found = false;
  let freshUntil: number | undefined;
  return async () => {
    if (freshUntil !== undefined && milliseconds() < freshUntil) return found;
    found = await isThere(() => withinTime(PROBE_PATIENCE_MILLISECONDS, server.findAnew));
    freshUntil = milliseconds() + FRESH_MILLISECONDS[found ? 'found' : 'missing'];
    return found;
  };
}
