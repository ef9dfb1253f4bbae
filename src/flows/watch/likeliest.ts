import { signOf } from '../../shared/oauth/known-clients.js';
import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { Attempt } from './attempt.js';
import type { Directory } from './directory.js';

/** Programs that ask nobody send their user to sign in so soon after they read the metadata, in milliseconds. */
const AT_ONCE = 3000;

/**
 * Whose user a browser that comes to sign in may be, where nothing but the order tells: the first of those that were at work
 * just now, and else the first of all. Who is known to be another program than the redirect URI says is passed over.
 *
 * @param queue of those that wait for their user
 * @param isOver of those that have waited too long
 */
export function likeliestOf(
  queue: string,
  { at, brought }: RecordedExchange,
  directory: Pick<Directory, 'firstWaiting'>,
  isOver: (attempt: Attempt) => boolean,
): Attempt | undefined {
  const program = ownSign('redirect URI', brought.redirect_uri);
  const fits = (attempt: Attempt) => {
    const other = ownSign('user agent', attempt.origin?.userAgent);
    return !isOver(attempt) && (program === undefined || other === undefined || other === program);
  };
  const isAtWork = ({ updatedAt }: Attempt) => at - updatedAt <= AT_ONCE;
  return (
    directory.firstWaiting(queue, (attempt) => isAtWork(attempt) && fits(attempt), isOver) ??
    directory.firstWaiting(queue, fits, isOver)
  );
}

function ownSign(kind: 'redirect URI' | 'user agent', value: string | undefined): string | undefined {
  const sign = value === undefined ? undefined : signOf(kind, value);
  return sign?.strength === 'own' ? sign.program : undefined;
}
