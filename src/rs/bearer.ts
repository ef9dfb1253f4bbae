import type { Emit } from '../shared/events/emitter.js';
import type { Peer } from '../shared/http/peer.js';
import { OAuthError } from '../shared/oauth/errors.js';
import { fingerprint, hashSecret } from '../shared/secret.js';
import { checkAudience } from './audience.js';
import type { Challenges, Refusal } from './challenges.js';
import type { ResourceServerConfig } from './config/index.js';
import { readPresentedToken } from './presented-token.js';
import type { RefusedTokens } from './refused-tokens.js';
import type { ScopeCheck } from './scopes/scope-check.js';
import type { AcceptedToken, TokenVerifier } from './verifiers/token-verifier.js';

/** The decision on one request. */
export type BearerDecision =
  | ({ readonly allowed: true } & AcceptedToken)
  | ({
      readonly allowed: false;
      /** hash of the token, if it is not good, or not any more */
      readonly invalid?: string | undefined;
    } & Refusal);

/** Lets a request through with a good token, and answers any other. */
export type BearerGate = (request: Request, peer: Peer | undefined) => Promise<BearerDecision>;

/** What the gate is made of. */
export interface BearerGateParts {
  readonly verifier: TokenVerifier;
  readonly scopeCheck: ScopeCheck;
  readonly refusedTokens: RefusedTokens;
  readonly challenges: Challenges;
  readonly emit: Emit;
}

/**
 * The rules of RFC 6750 for a protected resource, as far as they can be told before the body of a request is read.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.1 RFC 6750 §2.1}
 */
export function createBearerGate(
  config: Pick<ResourceServerConfig, 'resource' | 'audiences' | 'oauthStrict'>,
  { verifier, scopeCheck, refusedTokens, challenges, emit }: BearerGateParts,
): BearerGate {
  return async (request, peer) => {
    const presented = await readPresentedToken(request);
    if (presented.kind === 'none') return { allowed: false, ...challenges.withoutToken(presented.reason) };
    if (presented.kind === 'malformed') {
      const error = new OAuthError('invalid_request', presented.description, { reason: presented.reason });
      return { allowed: false, ...challenges.refused(error) };
    }
    const hash = hashSecret(presented.token);
    try {
      refusedTokens.check(peer, hash);
      const token = await verifier.verify(presented.token);
      checkAudience(config, token, emit);
      refusedTokens.accepted(hash);
      const lack = scopeCheck.ofServer(token);
      return lack
        ? { allowed: false, ...challenges.insufficientScope(lack, token) }
        : { allowed: true, token, hash };
    } catch (thrown) {
      if (isOneTooMany(thrown)) return { allowed: false, ...challenges.tooMany(thrown) };
      verifier.forget?.(presented.token);
      const invalid = isInvalidToken(thrown);
      if (invalid) refusedTokens.refused(peer, hash);
      return {
        allowed: false,
        ...challenges.refused(thrown, fingerprint(presented.token)),
        invalid: invalid ? hash : undefined,
      };
    }
  };
}

function isOneTooMany(thrown: unknown): thrown is OAuthError {
  return thrown instanceof OAuthError && thrown.reason === 'rate_limited';
}

function isInvalidToken(thrown: unknown): boolean {
  return thrown instanceof OAuthError && thrown.error === 'invalid_token';
}
