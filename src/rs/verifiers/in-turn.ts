import { OAuthError } from '../../shared/oauth/errors.js';
import { hashSecret } from '../../shared/secret.js';
import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import { createBoundedMap } from '../../shared/bounded-map.js';
import type { IssuerVerifier, TokenVerifier, VerifiedToken } from './token-verifier.js';

/** Of how many tokens it is remembered who knew them. */
const REMEMBERED_TOKENS = 10_000;

/** An authorization server, and what verifies its tokens. */
export interface Issuer {
  readonly server: AuthorizationServer;
  readonly verifier: IssuerVerifier;
}

/**
 * Verifies tokens that don't say who issued them: the authorization servers are asked in turn, until one knows the token.
 * Which one that was is remembered, so that the others see the token once only, and an outage of theirs does not matter
 * to it.
 */
export function createVerifierInTurn(issuers: readonly Issuer[]): TokenVerifier {
  const issuerOf = createBoundedMap<Issuer>(REMEMBERED_TOKENS);
  return {
    async verify(token) {
      const key = hashSecret(token);
      const known = issuerOf.get(key);
      if (known) return known.verifier.verify(token);
      const { issuer, verified } = await askInTurn(issuers, token);
      issuerOf.set(key, issuer);
      return verified;
    },
  };
}

/**
 * Those that could not be asked the last time come last: a token that another one knows must not wait for them.
 *
 * @throws OAuthError `temporarily_unavailable` if none knows the token and one could not be asked, since it may be the
 *   one; else what is wrong with the token
 */
async function askInTurn(
  issuers: readonly Issuer[],
  token: string,
): Promise<{ readonly issuer: Issuer; readonly verified: VerifiedToken }> {
  const errors: OAuthError[] = [];
  const ordered = issuers.toSorted((a, b) => Number(a.server.isDown()) - Number(b.server.isDown()));
  for (const issuer of ordered) {
    try {
      return { issuer, verified: await issuer.verifier.verify(token) };
    } catch (thrown) {
      if (!(thrown instanceof OAuthError) || !leavesOpenWhose(thrown)) throw thrown;
      errors.push(thrown);
    }
  }
  throw (
    errors.find(({ error }) => error === 'temporarily_unavailable') ??
    errors.find(({ reason }) => reason !== 'token_inactive') ??
    errors[0]
  );
}

/** Why an authorization server refuses a token that it does not know. */
const NOT_OURS: readonly string[] = ['token_inactive', 'token_not_introspectable', 'issuer_mismatch'];

/** Whether the token may still be one of another authorization server. */
function leavesOpenWhose({ error, reason }: OAuthError): boolean {
  return error === 'temporarily_unavailable' || NOT_OURS.includes(reason);
}
