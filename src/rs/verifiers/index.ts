import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import type { AuthorizationServers } from '../authorization-servers/directory.js';
import type { ResourceServerConfig } from '../config/index.js';
import { createVerifierByIssuer } from './by-issuer.js';
import { createVerifierInTurn } from './in-turn.js';
import { withIntrospectionCache } from './introspection-cache.js';
import { createIntrospectionVerifier, type IntrospectionPorts } from './introspection.js';
import { createJwtVerifier, type JwtPorts } from './jwt.js';
import type { TokenVerifier } from './token-verifier.js';

/** Creates what tells the good tokens of all trusted authorization servers from any others. */
export function createTokenVerifier(
  config: ResourceServerConfig,
  servers: AuthorizationServers,
  ports: IntrospectionPorts & JwtPorts,
): TokenVerifier {
  const verifiers = new Map<AuthorizationServer, TokenVerifier>(
    servers.all.map((authorizationServer, at) => [
      authorizationServer,
      config.verify === 'jwt'
        ? createJwtVerifier({
            ...config,
            authorizationServer,
            timeoutMs: config.introspectionTimeoutMs,
            ...ports,
          })
        : createIntrospectionVerifier({
            authorizationServer,
            credentials: config.authServers[at]!.introspectionCredentials!,
            auth: config.authServers[at]!.introspectionAuth,
            timeoutMs: config.introspectionTimeoutMs,
            ...ports,
          }),
    ]),
  );
  const issuers = [...verifiers].map(([server, verifier]) => ({ server, verifier }));
  const inTurn = config.verify === 'introspection' && issuers.length > 1;
  const verifier = createVerifierByIssuer(
    servers,
    (server) => verifiers.get(server)!,
    // No key is for a JWT that names no issuer: any of them refuses it.
    inTurn ? createVerifierInTurn(issuers) : issuers[0]!.verifier,
  );
  const seconds = config.introspectionCacheSeconds;
  return seconds === 0
    ? verifier
    : withIntrospectionCache({ verifier, seconds, issuers: servers.issuers, ...ports });
}
