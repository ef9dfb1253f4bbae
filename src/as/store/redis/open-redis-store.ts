import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../shared/clock.js';
import { ConfigurationError } from '../../../shared/configuration-error.js';
import { printable } from '../../../shared/printable.js';
import { type Store, StoreUnavailableError } from '../store.js';
import { type Connection, connectionOver } from './connection.js';
import { type Keys, keysOf } from './keys.js';
import { dial } from './links.js';
import { createRedisStore } from './redis-store.js';
import { parseRedisUrl, placeOf, type RedisTarget } from './redis-url.js';
import { type Failures, lastFailures, messagesOf } from './failures.js';
import { refusalOf } from './refusals.js';
import { tlsMistake } from './tls-mistake.js';
import { tryCommands } from './try-commands.js';
import { worriesAbout } from './worries.js';

/** How long to wait for a Redis that starts at the same time as this server, in milliseconds. */
const START_MILLISECONDS = 5000;

/** How soon to try again meanwhile. */
const PAUSE_MILLISECONDS = 20;

/** What the library says where each address has failed, each with a better reason. */
const SAYS_NOTHING = /^(?:All the root nodes are unavailable|None of the sentinels are available)/;

/** A store in a Redis, and what its operator should know before relying on it. */
export interface OpenedRedisStore {
  readonly store: Store;
  /** where it is, in words that hold no password */
  readonly place: string;
  /** one sentence each: what could be lost, and which setting prevents it */
  readonly warnings: readonly string[];
}

/**
 * Connects to a Redis, and looks whether this server may do there what it will have to.
 *
 * @throws ConfigurationError for a URL that is none, a wrong password, and a Redis that is too old or does not allow it
 * @throws StoreUnavailableError if nobody answers within some seconds
 */
export async function openRedisStore(url: string, issuer: string, clock: Clock): Promise<OpenedRedisStore> {
  const target = parseRedisUrl(url);
  const place = placeOf(target);
  const library = await import('@redis/client');
  const failures = lastFailures();
  const redis = connectionOver(place, () => dial(library, target, failures.add));
  const keys = keysOf(issuer);
  try {
    await answering(redis, keys, target, failures);
    return { store: createRedisStore(redis, keys, clock), place, warnings: await worriesAbout(redis, place) };
  } catch (error) {
    redis.close();
    throw error;
  }
}

/** Waits until it does what is asked of it. */
async function answering(
  redis: Connection,
  keys: Keys,
  target: RedisTarget,
  failures: Failures,
): Promise<void> {
  const place = placeOf(target);
  const late = AbortSignal.timeout(START_MILLISECONDS);
  for (;;) {
    try {
      return await tryCommands(redis, keys);
    } catch (error) {
      const refusal = refusalOf([...failures.messages(), ...messagesOf(error)]);
      if (refusal !== undefined) throw new ConfigurationError('store', `${place} refuses: ${refusal}`);
      if (late.aborted) throw await unreached(target, error, failures.messages());
    }
    await pause(PAUSE_MILLISECONDS);
  }
}

async function unreached(target: RedisTarget, error: unknown, messages: readonly string[]): Promise<unknown> {
  const why = messages.findLast((message) => !SAYS_NOTHING.test(message));
  if (why === undefined) return error;
  const place = placeOf(target);
  const mistake = await tlsMistake(target);
  if (mistake !== undefined)
    return new ConfigurationError('store', `${place} cannot be talked to: ${mistake}`);
  return new StoreUnavailableError(`${place} cannot be reached: ${printable(why, 200)}`);
}
