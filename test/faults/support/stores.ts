import { join } from 'node:path';
import { describe } from 'vitest';
import { describeWithRedisServer, startRedis } from '../../support/redis.js';
import type { Started } from './servers.js';

/** A store that outlives the process of an authorization server, and several can share. */
export interface LastingStore {
  readonly name: string;
  readonly describe: (name: string, tests: () => void) => void;
  /** @returns what to give to `--store`, for an empty one */
  open(started: Started): Promise<string>;
}

/** The stores in which nothing is lost. */
export const LASTING_STORES: readonly LastingStore[] = [
  {
    name: 'SQLite',
    describe: (name, tests) => void describe(name, tests),
    open: async (started) => `sqlite:${join(started.folder(), 'oauth.db')}`,
  },
  {
    name: 'Redis',
    describe: describeWithRedisServer,
    open: async (started) => {
      const redis = await startRedis();
      started.atEnd(() => redis.remove());
      return redis.url;
    },
  },
];
