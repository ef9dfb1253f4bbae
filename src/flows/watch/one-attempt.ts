import type { RecordedExchange } from '../record/recorded-exchange.js';
import { type Attempt, isDiscovering } from './attempt.js';
import type { Directory } from './directory.js';
import { KEY, WAIT } from './keys.js';
import { isNameless, mayBeOneProgram, originOf } from './origin.js';
import { hasToken, isGreeting } from './traits.js';

/** So soon goes on whoever looked around before, in milliseconds. */
const AT_ONCE = 30_000;

type Look = Pick<Directory, 'find' | 'firstWaiting'>;

/**
 * Another attempt that turns out to be the same, by what its client does next: it redeems a code, refreshes, or greets with
 * a token that it had kept. To be asked before the exchange is taken in.
 */
export function sameAttempt(
  attempt: Attempt,
  exchange: RecordedExchange,
  directory: Look,
): Attempt | undefined {
  const neighbour = neighbourOf(attempt, exchange, directory);
  if (exchange.meaning === 'mcp') {
    return neighbour && greetsAgain(attempt, exchange) && isBetween(attempt, neighbour, exchange)
      ? neighbour
      : undefined;
  }
  if (exchange.meaning !== 'token-request') return undefined;
  return (
    userOfToken(attempt, exchange, directory) ??
    (attempt.had.has('challenge') ? undefined : neighbour) ??
    (exchange.brought.refresh_token === undefined ? undefined : refusedBefore(attempt, exchange, directory))
  );
}

/** The connection belonged to one that has come to nothing but a challenge. */
function neighbourOf(attempt: Attempt, exchange: RecordedExchange, { find }: Look): Attempt | undefined {
  const origin = originOf(exchange);
  const { connection } = origin;
  const neighbour = connection === undefined ? undefined : find(KEY.connection(connection));
  if (!neighbour || neighbour === attempt || neighbour.clientId !== undefined) return undefined;
  if (neighbour.origin && !mayBeOneProgram(neighbour.origin, origin)) return undefined;
  return isDiscovering(neighbour) ? neighbour : undefined;
}

/** The token that it is given was used before anybody knew where it is from. */
function userOfToken(attempt: Attempt, { gave, brought }: RecordedExchange, { find }: Look) {
  const token = gave.access_token ?? brought.access_token;
  const user = token === undefined ? undefined : find(KEY.accessToken(token));
  return user && user !== attempt && !user.had.has('authorization') && !user.had.has('token')
    ? user
    : undefined;
}

/** A token that nobody knew was refused, and its client refreshes. */
function refusedBefore(
  attempt: Attempt,
  exchange: RecordedExchange,
  { firstWaiting }: Look,
): Attempt | undefined {
  const origin = originOf(exchange);
  const what = isNameless(origin) ? WAIT.stepOf('refresh', origin) : WAIT.step('refresh', origin);
  return firstWaiting(
    what,
    (refused) => refused !== attempt && isBetween(attempt, refused, exchange),
    ({ updatedAt }) => exchange.at - updatedAt > AT_ONCE,
  );
}

/** A client that was at work before, and has been started again: mcp-remote asks without its token first. */
function greetsAgain({ had }: Attempt, exchange: RecordedExchange): boolean {
  return had.has('accepted') && hasToken(exchange) && isGreeting(exchange);
}

/** While it looked around, the attempt that goes on now did nothing else. */
function isBetween(attempt: Attempt, looksAround: Attempt, { at }: RecordedExchange): boolean {
  return attempt.updatedAt <= looksAround.startedAt && at - looksAround.updatedAt <= AT_ONCE;
}
