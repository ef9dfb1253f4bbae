import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import type { AuthorizationServers } from '../authorization-servers/directory.js';
import { ofAnotherIssuer } from './invalid-token.js';
import { issuerNamedIn } from './named-issuer.js';
import type { TokenVerifier } from './token-verifier.js';

/**
 * Takes each token to the authorization server that issued it, and to no other: a token is a secret between its issuer
 * and those it is for. What an issuer says of its token, or its keys, says nothing of a token of another.
 *
 * @param verifierOf what verifies the tokens of one of the servers
 * @param unnamed what verifies a token that does not name its issuer
 */
export function createVerifierByIssuer(
  servers: AuthorizationServers,
  verifierOf: (server: AuthorizationServer) => TokenVerifier,
  unnamed: TokenVerifier,
): TokenVerifier {
  return {
    async verify(token) {
      const issuer = issuerNamedIn(token);
      if (issuer === undefined) return unnamed.verify(token);
      const server = servers.of(issuer);
      if (!server) throw ofAnotherIssuer(issuer);
      return verifierOf(server).verify(token);
    },
  };
}
