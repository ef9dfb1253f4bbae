import type { RecordedExchange } from '../record/recorded-exchange.js';
import { type Attempt, isDiscovering } from './attempt.js';
import type { Directory } from './directory.js';
import { KEY } from './keys.js';
import { originOf } from './origin.js';

/**
 * Another attempt that turns out to be the same, by a token request: the connection that it came by belonged to one that has
 * come to nothing but a challenge, or the token that it brought was used before anybody knew where it is from.
 * To be asked before the exchange is taken in.
 */
export function sameAttempt(
  attempt: Attempt,
  exchange: RecordedExchange,
  { find }: Pick<Directory, 'find'>,
): Attempt | undefined {
  if (exchange.meaning !== 'token-request') return undefined;
  const { connection } = originOf(exchange);
  const token = exchange.gave.access_token ?? exchange.brought.access_token;
  const neighbour = connection === undefined ? undefined : find(KEY.connection(connection));
  const user = token === undefined ? undefined : find(KEY.accessToken(token));
  if (user && user !== attempt && !user.had.has('authorization') && !user.had.has('token')) return user;
  const isFirstHalf =
    neighbour !== undefined &&
    neighbour !== attempt &&
    !attempt.had.has('challenge') &&
    neighbour.clientId === undefined &&
    isDiscovering(neighbour);
  return isFirstHalf ? neighbour : undefined;
}
