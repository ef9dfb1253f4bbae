import { addressBlock } from '../../shared/http/ip-address.js';
import type { Peer } from '../../shared/http/peer.js';
import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import { DEMO_USERNAME, MAX_USERNAME_LENGTH } from './users.js';

/** Within so many seconds wrong passwords are counted, from the first one on. */
const WINDOW_SECONDS = 15 * 60;

/** After so many wrong passwords for a name from one address, each further one costs time there. */
const FREE_FAILURES = 3;

/**
 * After so many for a name from all addresses together, one a minute is looked at, wherever it comes from. To keep
 * somebody out a stranger needs several addresses and may never stop, and to guess with thousands of them gains little.
 */
const FREE_FAILURES_OF_NAME = 100;

const MAX_DELAY_SECONDS = 60;

/** A try is given up on if checking it takes longer than this, in seconds. */
const CHECK_SECONDS = 10;

/** When to come back, in seconds, if too many are signing in. */
const BUSY_SECONDS = 2;

/** What somebody shows to sign in, and where they come from. */
export interface SignInTry {
  readonly username: string;
  readonly password: string;
  /** those of whom that is not known count as one */
  readonly peer: Peer | undefined;
}

/** What came of a try to sign in. */
export type SignInResult =
  | { readonly outcome: 'signed-in'; readonly sub: string; readonly demo: boolean }
  | { readonly outcome: 'wrong'; readonly reason: RefusalReason; readonly failures: number }
  /** with the seconds until the next try is looked at */
  | {
      readonly outcome: 'slowed';
      readonly reason: 'login_busy' | 'login_in_progress' | 'login_slowed' | 'wrong_password';
      readonly failures: number;
      readonly seconds: number;
    };

/**
 * Checks a user name and password. While no user is configured, which is so in demo mode only, any password signs the
 * demo user in.
 *
 * One try for a name is looked at at a time from each address, and after three wrong ones the next from there has to
 * wait, longer each time: trying out in parallel gains nothing, and who tries keeps nobody else out. A name that nobody
 * has takes as long, and is slowed down alike.
 */
export async function signIn(
  services: Services,
  { username, password, peer }: SignInTry,
): Promise<SignInResult> {
  if (services.users.none) {
    return username === DEMO_USERNAME
      ? { outcome: 'signed-in', sub: username, demo: true }
      : { outcome: 'wrong', reason: 'not_the_demo_user', failures: 0 };
  }
  if (username.length > MAX_USERNAME_LENGTH)
    return { outcome: 'wrong', reason: 'wrong_password', failures: 0 };
  const there: Place = { ofName: `name ${username}`, here: placeOf(username, peer) };
  const seconds = await secondsLeft(services, there.ofName);
  if (seconds > 0) return slowedBy('login_slowed', seconds);
  const occupied = await occupy(services, there.here);
  if (occupied) return occupied;
  const right = await services.users.verify(username, password);
  if (right === false) return countFailure(services, there);
  await services.store.take('login_slot', there.here);
  return right ? { outcome: 'signed-in', sub: username, demo: false } : slowedBy('login_busy', BUSY_SECONDS);
}

type Slowed = Extract<SignInResult, { outcome: 'slowed' }>;

function slowedBy(reason: Slowed['reason'], seconds: number): Slowed {
  return { outcome: 'slowed', reason, failures: 0, seconds };
}

/** Ids of the slots of a name, and of the name at one address. */
interface Place {
  readonly ofName: string;
  readonly here: string;
}

function placeOf(username: string, peer: Peer | undefined): string {
  return `at ${addressBlock(peer?.address ?? '')} ${username}`;
}

/**
 * How long the next try has to wait, in seconds; 0 if it is looked at now. Never longer than the longest delay, also where
 * the clock was set back meanwhile: nobody is locked out by that.
 */
async function secondsLeft({ store, clock }: Services, slotId: string): Promise<number> {
  const slot = await store.get('login_slot', slotId);
  const latest = clock.now() + MAX_DELAY_SECONDS;
  if (slot && slot.until > latest) {
    const value = { until: latest };
    await store.replace('login_slot', slotId, { expected: slot, value, expires_at: latest });
  }
  return Math.max(0, Math.min(slot?.until ?? 0, latest) - clock.now());
}

/** @returns undefined if the slot was free and is taken now, else why it is not, and when to come back */
async function occupy(services: Services, slotId: string): Promise<Slowed | undefined> {
  const { store, clock } = services;
  const until = clock.now() + CHECK_SECONDS;
  if (await store.add('login_slot', slotId, { until, checking: true }, until)) return undefined;
  const slot = await store.get('login_slot', slotId);
  // Gone meanwhile: whoever had it is done.
  if (!slot || slot.checking) return slowedBy('login_in_progress', BUSY_SECONDS);
  return slowedBy('login_slowed', Math.max(1, await secondsLeft(services, slotId)));
}

async function countFailure(services: Services, { ofName, here }: Place): Promise<SignInResult> {
  const { store, clock } = services;
  const failures = await store.increment(`login_failures:${here}`, WINDOW_SECONDS);
  const failuresOfName = await store.increment(`login_failures:${ofName}`, WINDOW_SECONDS);
  if (failuresOfName >= FREE_FAILURES_OF_NAME) {
    const until = clock.now() + MAX_DELAY_SECONDS;
    await store.put('login_slot', ofName, { until }, until);
  }
  if (failures < FREE_FAILURES) {
    await store.take('login_slot', here);
    return { outcome: 'wrong', reason: 'wrong_password', failures };
  }
  const seconds = Math.min(MAX_DELAY_SECONDS, 2 ** (failures - FREE_FAILURES + 1));
  const until = clock.now() + seconds;
  await store.put('login_slot', here, { until }, until);
  return { outcome: 'slowed', reason: 'wrong_password', failures, seconds };
}
