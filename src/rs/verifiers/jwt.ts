import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { formatScope } from '../../shared/oauth/scope.js';
import { fingerprint as fingerprintOf } from '../../shared/secret.js';
import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import type { SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';
import { createIssuerCheck } from './issuer-check.js';
import { verifiedFromClaims } from './jwt-claims.js';
import { createHeaderCheck } from './jwt-header.js';
import { verifySignature } from './jwt-signature.js';
import { createKeySource } from './key-source.js';
import { issuerNamedIn } from './named-issuer.js';
import type { IssuerVerifier } from './token-verifier.js';

/** How the verification of JWTs reaches the world. */
export interface JwtPorts {
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

/** What is accepted of the JWTs of all issuers. */
export interface JwtRules {
  readonly acceptedAlgorithms: readonly SignatureAlgorithm[];
  /** types of access tokens beside `at+jwt` */
  readonly acceptedTypes: readonly string[];
  /** how far the clocks may be apart, in seconds */
  readonly clockToleranceSeconds: number;
}

export interface JwtOptions extends JwtRules, JwtPorts {
  readonly authorizationServer: AuthorizationServer;
  /** limit for one reading of the keys, in milliseconds */
  readonly timeoutMs: number;
}

/**
 * Verifies the access tokens of one authorization server by its keys, without asking it whether they have been revoked.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
export function createJwtVerifier(options: JwtOptions): IssuerVerifier {
  const { acceptedAlgorithms, clockToleranceSeconds, clock, emit } = options;
  const checkHeader = createHeaderCheck(options);
  const checkIssuer = createIssuerCheck(options);
  const keySource = createKeySource(options);

  return {
    probe: () => keySource.current(),
    async verify(token) {
      checkHeader(token);
      await checkIssuer(issuerNamedIn(token));
      const { issuer, alg, kid, payload } = await verifySignature(token, keySource, acceptedAlgorithms);
      const fingerprint = fingerprintOf(token);
      const verified = verifiedFromClaims(payload, fingerprint, {
        issuer,
        now: clock.now(),
        toleranceSeconds: clockToleranceSeconds,
      });
      emit({
        kind: 'jwt.verified',
        issuer,
        token: fingerprint,
        alg,
        ...(kid === undefined ? {} : { kid }),
        ...(verified.client_id === undefined ? {} : { client_id: verified.client_id }),
        scope: formatScope(verified.scope),
      });
      return verified;
    },
  };
}
