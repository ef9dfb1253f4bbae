import type { WebApp } from '../shared/http/fetch.js';
import type { ClientLevers } from '../shared/oauth/client-levers.js';
import type { AuthorizationServerOptions } from './config/options.js';
import type { AuthorizationServerDeps } from './create-services.js';
import { createEpoch } from './epoch.js';
import { createEpochNames } from './epoch-name.js';
import { OAuthError } from '../shared/oauth/errors.js';
import { createClientLevers } from './levers/client-levers.js';
import type { Services } from './services.js';

/** Issuers of before whose clients are told that they are not known any more. */
const MAX_FORMER_ISSUERS = 20;

/** An authorization server as a web-standard app. */
export interface AuthorizationServer extends WebApp {
  /** what its metadata document says now, for whoever has to know where its endpoints are */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** what can be done to a client, to see what it does then */
  readonly levers: ClientLevers;
  /** Says in `/readyz` from now on that this server is about to stop; everything is still answered. */
  stop(): void;
  /**
   * Looks at what is in the store before the first request comes: whether the signing keys can be opened (`storeKeys`). Where
   * they lie there as they are, and the store is one that was handed in, a warning is told.
   *
   * @throws ConfigurationError if one cannot be opened
   */
  ready(): Promise<void>;
}

/**
 * Makes an OAuth 2.1 authorization server for MCP.
 *
 * @throws ConfigurationError that names the option
 * @example
 * const as = createAuthorizationServer({ issuer: 'http://localhost:9000', demoMode: true });
 * const metadata = await as.fetch(new Request('http://localhost:9000/.well-known/oauth-authorization-server'));
 */
export function createAuthorizationServer(
  options: AuthorizationServerOptions,
  deps: AuthorizationServerDeps = {},
): AuthorizationServer {
  let epoch = createEpoch(options, deps);
  const nameAt = createEpochNames();
  let former: readonly string[] = [];
  let isStopping = false;
  const levers = createClientLevers(() => epoch.services, {
    impossible: () => epochFault(options, deps),
    begin() {
      const issuer = `${new URL(options.issuer).origin}/${nameAt(epoch.services.clock.now())}`;
      former = [epoch.services.config.issuer, ...former].slice(0, MAX_FORMER_ISSUERS);
      const next = createEpoch({ ...options, issuer, metadataAtRoot: true }, deps, former);
      epoch.stop();
      epoch = next;
      if (isStopping) epoch.stop();
      return issuer;
    },
  });
  return {
    get metadata() {
      return epoch.metadata;
    },
    levers,
    ready: () => checkSigningKeys(epoch.services, typeof deps.store === 'object'),
    fetch: (request, peer) => epoch.fetch(request, peer),
    stop() {
      isStopping = true;
      epoch.stop();
    },
    close: async () => epoch.stop(),
  };
}

/** In demo mode resource servers follow, and what is known is in this process's memory, which a new epoch begins without. */
function epochFault(
  { demoMode }: AuthorizationServerOptions,
  { store }: AuthorizationServerDeps,
): string | undefined {
  if (!demoMode) {
    return 'This server is not in demo mode, so no MCP server would follow; start it with --epoch, and them with --auth-server';
  }
  return typeof store === 'object'
    ? 'What this server knows is kept outside of it, under the issuer that it has; start it with --epoch'
    : undefined;
}

/** Where the store cannot be asked for now, requests will find out. */
async function checkSigningKeys(
  { config, signingKeys, emit }: Services,
  storeIsLasting: boolean,
): Promise<void> {
  if (!signingKeys) return;
  try {
    await signingKeys.check();
  } catch (thrown) {
    if (!(thrown instanceof OAuthError)) throw thrown;
  }
  if (storeIsLasting && config.storeKeys.length === 0) emit({ kind: 'signing_key.unprotected' }, 'warning');
}
