import type { AuthorizationServers } from '../authorization-servers/directory.js';
import type { ResourceServerConfig } from '../config/index.js';
import { createVerifierByIssuer } from './by-issuer.js';
import { createVerifierInTurn, type Issuer } from './in-turn.js';
import { withIntrospectionCache } from './introspection-cache.js';
import { createIntrospectionVerifier, type IntrospectionPorts } from './introspection.js';
import { createJwtVerifier, type JwtPorts } from './jwt.js';
import type { TokenVerifier } from './token-verifier.js';

/** Creates what tells the good tokens of each trusted authorization server from any others. */
export function createIssuers(
  config: ResourceServerConfig,
  servers: AuthorizationServers,
  ports: IntrospectionPorts & JwtPorts,
): readonly Issuer[] {
  const timeoutMs = config.introspectionTimeoutMs;
  return servers.all.map((server, at) => {
    if (config.verify === 'jwt') {
      return {
        server,
        verifier: createJwtVerifier({ ...config, authorizationServer: server, timeoutMs, ...ports }),
      };
    }
    const { introspectionCredentials, introspectionAuth, introspectionEndpoint } = config.authServers[at]!;
    return {
      server,
      verifier: createIntrospectionVerifier({
        authorizationServer: server,
        credentials: introspectionCredentials!,
        auth: introspectionAuth,
        configuredEndpoint: introspectionEndpoint,
        timeoutMs,
        ...ports,
      }),
    };
  });
}

/** Makes one verifier of those of all issuers. */
export function createTokenVerifier(
  config: ResourceServerConfig,
  servers: AuthorizationServers,
  issuers: readonly Issuer[],
  ports: Pick<IntrospectionPorts, 'clock' | 'emit'>,
): TokenVerifier {
  const inTurn = config.verify === 'introspection' && issuers.length > 1;
  const verifier = createVerifierByIssuer(
    servers,
    (server) => issuers.find((issuer) => issuer.server === server)!.verifier,
    // No key is for a JWT that names no issuer: any of them refuses it.
    inTurn ? createVerifierInTurn(issuers) : issuers[0]!.verifier,
  );
  const seconds = config.introspectionCacheSeconds;
  return seconds === 0
    ? verifier
    : withIntrospectionCache({ verifier, seconds, issuers: servers.issuers, ...ports });
}
