import { NEVER } from '../store.js';
import type { Connection } from './connection.js';
import type { Keys } from './keys.js';
import {
  ADD,
  ENTER_INDEX,
  ENTER_LINE,
  INCREMENT,
  LEAVE_LINE,
  OLDEST_IN_LINE,
  REPLACE,
  type Script,
  TAKE_TO_REPLACE,
} from './scripts.js';

/** How long, in milliseconds, what was written to try it stays if this server ends meanwhile. */
const PROBE_MILLISECONDS = '1000';

/**
 * Does once whatever a store does, with keys of no meaning that end by themselves: a Redis that lacks a command, or a user
 * that may not use it, is found at the start, and not by the first user who signs in.
 *
 * @throws StoreUnavailableError for what is refused
 */
export async function tryCommands(redis: Connection, keys: Keys): Promise<void> {
  const key = keys.probe('record');
  await redis.send(key, 'SET', key, '1 {}', 'PX', PROBE_MILLISECONDS);
  await redis.send(key, 'GET', key);
  await redis.send(key, 'GETDEL', key);
  await redis.send(key, 'DEL', key);
  await redis.run(ADD, [key], '0', '1 {}', PROBE_MILLISECONDS);
  await redis.run(REPLACE, [key], '0', '1 {}', PROBE_MILLISECONDS, '{}');
  await redis.run(TAKE_TO_REPLACE, [key]);
  const counter = keys.probe('counter');
  await redis.run(INCREMENT, [counter], '0', '1');
  const index = keys.probe('index');
  await redis.run(ENTER_INDEX, [index], 'id', '1', '0', '0');
  await redis.send(index, 'ZSCAN', index, '0');
  await redis.send(index, 'ZSCORE', index, 'id');
  await redis.run(ENTER_INDEX, [index], 'id', String(NEVER), '0', '0');
  await redis.send(index, 'DEL', index);
  const line = keys.line('interaction');
  // An id that no page has, so that it is in nobody's way.
  const run = (script: Script, ...args: readonly string[]) => redis.run(script, line, ...args);
  await run(ENTER_LINE, 'probe', '1', '0');
  await run(OLDEST_IN_LINE, '1', '0', '0');
  await run(LEAVE_LINE, 'probe', '0');
}
