import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import { formatScope } from '../../shared/oauth/scope.js';
import { hashSecret } from '../../shared/secret.js';
import { createBoundedMap } from '../../shared/bounded-map.js';
import type { TokenVerifier, VerifiedToken } from './token-verifier.js';

/** How many answers are kept. */
const KEPT_ANSWERS = 10_000;

/** A good token, and when it was asked about, in seconds since the epoch. */
interface Kept {
  readonly token: VerifiedToken;
  readonly asked: number;
}

export interface IntrospectionCacheOptions {
  readonly verifier: TokenVerifier;
  /** for how long an answer counts */
  readonly seconds: number;
  /** the issuers that are trusted now: one may change while this server runs */
  readonly issuers: () => readonly string[];
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * Keeps for some seconds that a token is good; that one is bad is never kept. It counts from when the question was asked,
 * so that a revocation is seen after that many seconds at the latest, and never longer than the token lives.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-4 RFC 7662 §4}
 */
export function withIntrospectionCache(options: IntrospectionCacheOptions): TokenVerifier {
  const { verifier, seconds, issuers, clock, emit } = options;
  const answers = createBoundedMap<Kept>(KEPT_ANSWERS);

  const counts = ({ token, asked }: Kept, now: number): boolean =>
    asked <= now &&
    now < asked + seconds &&
    (token.exp === undefined || now < token.exp) &&
    issuers().includes(token.iss);

  return {
    async verify(presented) {
      const key = hashSecret(presented);
      const now = clock.now();
      const kept = answers.get(key);
      if (kept && counts(kept, now)) {
        emit(tellCached(kept, now));
        return kept.token;
      }
      answers.delete(key);
      const token = await verifier.verify(presented);
      answers.set(key, { token, asked: now });
      return token;
    },
    forget: (presented) => answers.delete(hashSecret(presented)),
  };
}

function tellCached({ token, asked }: Kept, now: number) {
  return {
    kind: 'introspection.cached' as const,
    token: token.fingerprint,
    ...(token.client_id === undefined ? {} : { client_id: token.client_id }),
    scope: formatScope(token.scope),
    age: now - asked,
  };
}
