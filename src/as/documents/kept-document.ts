import CachePolicy from 'http-cache-semantics';
import type { Clock } from '../../shared/clock.js';
import type { DocumentResponse } from '../../shared/http/document.js';

/**
 * How long a document is used without asking its host again, in seconds, whatever the host says: not so short that each
 * step of one sign-in asks again, nor so long that a client can't take back what it said.
 */
const MIN_LIFE_SECONDS = 10;
const MAX_LIFE_SECONDS = 3600;

/** How long a document may stand in for one that can't be read at the moment, in seconds. */
const MAX_STALE_SECONDS = 24 * 3600;

/** A document as it was read last, with what its host said about keeping it. */
export interface KeptDocument {
  readonly body: string;
  /** in seconds since the epoch */
  readonly readAt: number;
  readonly policy: CachePolicy;
}

type Headers = Readonly<Record<string, string>>;

/**
 * The policy of an answer, by the rules of HTTP, for a cache that serves one reader.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9111#section-4 RFC 9111 §4}
 */
export function policyOf(clock: Clock, url: string, sent: Headers, response: DocumentResponse): CachePolicy {
  // All requests of this server are alike, so the answer does not vary.
  const { vary: _vary, ...headers } = response.headers;
  const ClockedPolicy = class extends CachePolicy {
    now(): number {
      return clock.now() * 1000;
    }
  };
  return new ClockedPolicy(requestFor(url, sent), { status: response.status, headers }, { shared: false });
}

/** Whether the document may be used without asking its host. */
export function isFresh({ policy, readAt }: KeptDocument, clock: Clock): boolean {
  if (!policy.storable()) return false;
  const life = Math.min(
    Math.max(policy.maxAge() - ageAt(policy, readAt, clock), MIN_LIFE_SECONDS),
    MAX_LIFE_SECONDS,
  );
  return isWithin(clock.now() - readAt, life);
}

/** What was read in the future was read before the clock was set back: it may be of any age. */
function isWithin(seconds: number, life: number): boolean {
  return seconds >= 0 && seconds < life;
}

/** The age in seconds that the document had already when it came here. */
function ageAt(policy: CachePolicy, readAt: number, clock: Clock): number {
  return policy.age() - (clock.now() - readAt);
}

/** Whether the document was read so lately that asking again would say nothing new. */
export function isJustRead({ readAt }: KeptDocument, clock: Clock): boolean {
  return isWithin(clock.now() - readAt, MIN_LIFE_SECONDS);
}

/**
 * Whether the document may stand in for one that can't be read at the moment.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9111#section-4.2.4 RFC 9111 §4.2.4}
 */
export function mayStandIn(
  { policy, readAt }: KeptDocument,
  url: string,
  sent: Headers,
  clock: Clock,
): boolean {
  if (!policy.storable() || clock.now() - readAt > MAX_STALE_SECONDS) return false;
  // The library would let a document with no-cache pass; the RFC wants its host to be asked, whatever happens (§5.2.2.4).
  if (/\bno-cache\b/i.test(String(policy.responseHeaders()['cache-control'] ?? ''))) return false;
  const request = requestFor(url, { ...sent, 'cache-control': 'max-stale' });
  return policy.satisfiesWithoutRevalidation(request);
}

/** The headers that ask whether the document is still the one that is kept. */
export function revalidating({ policy }: KeptDocument, url: string, sent: Headers): Headers {
  const headers = policy.revalidationHeaders(requestFor(url, sent));
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The document that is kept, after its host said that it has not changed. */
export function revalidated(
  kept: KeptDocument,
  url: string,
  sent: Headers,
  response: DocumentResponse,
  clock: Clock,
): KeptDocument {
  const { vary: _vary, ...headers } = response.headers;
  const { policy } = kept.policy.revalidatedPolicy(requestFor(url, sent), { status: 304, headers });
  return { body: kept.body, readAt: clock.now(), policy };
}

function requestFor(url: string, headers: Headers) {
  return { url, method: 'GET', headers: { ...headers } };
}
