import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import { DEMO_USERNAME, MAX_USERNAME_LENGTH } from './users.js';

/** After so many wrong passwords within the window, each further one costs time. */
const FREE_FAILURES = 3;
const WINDOW_SECONDS = 15 * 60;
const MAX_DELAY_SECONDS = 60;

/** A try is given up on if checking it takes longer than this, in seconds. */
const CHECK_SECONDS = 10;

/** When to come back, in seconds, if too many are signing in. */
const BUSY_SECONDS = 2;

/** What came of a try to sign in. */
export type SignInResult =
  | { readonly outcome: 'signed-in'; readonly sub: string; readonly demo: boolean }
  | { readonly outcome: 'wrong'; readonly reason: RefusalReason; readonly failures: number }
  /** with the seconds until the next try is looked at */
  | {
      readonly outcome: 'slowed';
      readonly reason: RefusalReason;
      readonly failures: number;
      readonly seconds: number;
    };

/**
 * Checks a user name and password. While no user is configured, which is so in demo mode only, any password signs the
 * demo user in.
 *
 * One try for a name is looked at at a time, and after three wrong ones the next has to wait, longer each time: trying
 * out in parallel gains nothing.
 */
export async function signIn(services: Services, username: string, password: string): Promise<SignInResult> {
  if (services.users.none) {
    return username === DEMO_USERNAME
      ? { outcome: 'signed-in', sub: username, demo: true }
      : { outcome: 'wrong', reason: 'not_the_demo_user', failures: 0 };
  }
  if (username.length > MAX_USERNAME_LENGTH)
    return { outcome: 'wrong', reason: 'wrong_password', failures: 0 };
  const { store, clock } = services;
  const until = clock.now() + CHECK_SECONDS;
  if (!(await store.add('login_slot', username, { until }, until))) {
    const seconds = await secondsLeft(services, username);
    return { outcome: 'slowed', reason: 'login_slowed', failures: 0, seconds };
  }
  const right = await services.users.verify(username, password);
  if (right === false) return countFailure(services, username);
  await store.take('login_slot', username);
  return right
    ? { outcome: 'signed-in', sub: username, demo: false }
    : { outcome: 'slowed', reason: 'login_busy', failures: 0, seconds: BUSY_SECONDS };
}

/**
 * How long the next try has to wait. Never longer than the longest delay, also where the clock was set back meanwhile:
 * nobody is locked out by that.
 */
async function secondsLeft({ store, clock }: Services, username: string): Promise<number> {
  const slot = await store.get('login_slot', username);
  const latest = clock.now() + MAX_DELAY_SECONDS;
  if (slot && slot.until > latest) {
    const value = { until: latest };
    await store.replace('login_slot', username, { expected: slot, value, expires_at: latest });
  }
  return Math.max(1, Math.min(slot?.until ?? 0, latest) - clock.now());
}

async function countFailure({ store, clock }: Services, username: string): Promise<SignInResult> {
  const failures = await store.increment(`login_failures:${username}`, WINDOW_SECONDS);
  if (failures < FREE_FAILURES) {
    await store.take('login_slot', username);
    return { outcome: 'wrong', reason: 'wrong_password', failures };
  }
  const seconds = Math.min(MAX_DELAY_SECONDS, 2 ** (failures - FREE_FAILURES + 1));
  const until = clock.now() + seconds;
  await store.put('login_slot', username, { until }, until);
  return { outcome: 'slowed', reason: 'wrong_password', failures, seconds };
}
