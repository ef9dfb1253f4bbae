import type { Emit } from '../../shared/events/emitter.js';
import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { Fetch } from '../../shared/http/fetch.js';
import type { ResourceServerConfig } from '../config/index.js';
import { type AuthorizationServer, createAuthorizationServer } from './authorization-server.js';
import { isSameIssuer } from './found.js';

/** The authorization servers whose tokens are accepted here, in the order of the configuration. */
export interface AuthorizationServers {
  readonly all: readonly AuthorizationServer[];
  /** The issuer of each, in its own spelling once that is known. */
  issuers(): readonly string[];
  /**
   * The one whose tokens have this `iss`.
   *
   * @returns undefined if it is none of them
   */
  of(issuer: string): AuthorizationServer | undefined;
  /** Ends what is under way. */
  close(): void;
}

export interface DirectoryPorts {
  readonly fetch: Fetch;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

/** Creates one entry for each authorization server of the configuration; none of them is asked yet. */
export function createAuthorizationServers(
  config: ResourceServerConfig,
  ports: DirectoryPorts,
): AuthorizationServers {
  const all = config.authServers.map(({ issuer, introspectionEndpoint, introspectionAuth }) =>
    createAuthorizationServer({
      configured: issuer,
      mayFollow: mayFollow(config, issuer),
      verify: config.verify,
      insecureHttp: config.insecureHttp,
      introspectionEndpoint,
      introspectionAuth,
      timeoutMs: config.introspectionTimeoutMs,
      ...ports,
    }),
  );
  return {
    all,
    issuers: () => all.map((server) => server.issuer()),
    of: (issuer) =>
      all.find((server) => isSameIssuer(server.issuer(), issuer)) ??
      all.find((server) => server.mayBecome(issuer)),
    close() {
      for (const server of all) server.close();
    },
  };
}

/** Whether another issuer at the same place is taken for the configured one: in demo mode, on this machine. */
function mayFollow({ demoMode }: Pick<ResourceServerConfig, 'demoMode'>, issuer: string): boolean {
  return demoMode && isLoopbackHost(new URL(issuer).hostname);
}
