import type { AuthorizationServers } from '../authorization-servers/directory.js';
import type { ResourceServerConfig } from '../config/index.js';
import { createIntrospectionVerifier, type IntrospectionPorts } from './introspection.js';
import type { TokenVerifier, VerifiedToken } from './token-verifier.js';

/** Creates what tells the good tokens of all trusted authorization servers from any others. */
export function createTokenVerifier(
  config: ResourceServerConfig,
  servers: AuthorizationServers,
  ports: IntrospectionPorts,
): TokenVerifier {
  const verifiers = servers.all.map((authorizationServer, at) =>
    createIntrospectionVerifier({
      authorizationServer,
      credentials: config.authServers[at]!.introspectionCredentials!,
      timeoutMs: config.introspectionTimeoutMs,
      ...ports,
    }),
  );
  return verifiers.length === 1 ? verifiers[0]! : inTurn(verifiers);
}

/** An opaque token does not say who issued it, so each authorization server is asked until one knows it. */
function inTurn(verifiers: readonly TokenVerifier[]): TokenVerifier {
  return {
    async verify(token): Promise<VerifiedToken> {
      let refused: unknown;
      for (const verifier of verifiers) {
        try {
          return await verifier.verify(token);
        } catch (thrown) {
          refused = thrown;
        }
      }
      throw refused;
    },
  };
}
