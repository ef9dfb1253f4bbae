import * as z from 'zod';
import type { Clock } from '../../../shared/clock.js';
import { canonicalJson } from '../canonical-json.js';
import type { Kind, ListedKind, Records } from '../records.js';
import type { Store } from '../store.js';
import type { Connection } from './connection.js';
import { createIndexes } from './indexes.js';
import type { Keys } from './keys.js';
import { lifetimeOf, readText, textOf } from './record-text.js';
import { ADD, INCREMENT, REPLACE, TAKE_TO_REPLACE } from './scripts.js';

/**
 * What is taken to be replaced by something new. A Redis whose memory is full would give and delete it, and refuse what is
 * new: whoever comes again with it then has used it twice, which ends the grant.
 */
const REPLACED: ReadonlySet<Kind> = new Set(['authorization_code', 'refresh_token']);

const answeredText = z.string().nullable();
const answeredNumber = z.number();

/**
 * A store in a Redis that any number of servers share. Each operation is one command or one script about one key, so it is
 * atomic in a cluster too; see {@link createIndexes} for what comes beside it.
 *
 * Redis forgets what has ended. But the injected clock decides whether something has: each text says when it ends.
 */
export function createRedisStore(redis: Connection, keys: Keys, clock: Clock): Store {
  const indexes = createIndexes(redis, keys, clock);

  async function read<K extends Kind>(kind: K, id: string): Promise<Records[K] | undefined> {
    const key = keys.record(kind, id);
    return valueIn<Records[K]>(await redis.send(key, 'GET', key));
  }

  function valueIn<T>(answer: unknown): T | undefined {
    const stored = answeredText.parse(answer);
    return stored === null ? undefined : readText<T>(stored, clock.now());
  }

  return {
    get: read,
    put: async (kind, id, value, expires_at) => {
      await indexes.enter(kind, id, value, expires_at);
      const key = keys.record(kind, id);
      const lifetime = lifetimeOf(expires_at, clock.now());
      await redis.send(
        key,
        'SET',
        key,
        textOf(value, expires_at),
        ...(lifetime === '' ? [] : ['PX', lifetime]),
      );
    },
    add: async (kind, id, value, expires_at) => {
      await indexes.enter(kind, id, value, expires_at);
      const now = clock.now();
      const written = [textOf(value, expires_at), lifetimeOf(expires_at, now)];
      return (await redis.run(ADD, [keys.record(kind, id)], String(now), ...written)) === 1;
    },
    replace: async (kind, id, { expected, value, expires_at }) => {
      await indexes.enter(kind, id, value, expires_at);
      const now = clock.now();
      const written = [textOf(value, expires_at), lifetimeOf(expires_at, now), canonicalJson(expected)];
      return (await redis.run(REPLACE, [keys.record(kind, id)], String(now), ...written)) === 1;
    },
    take: async (kind, id) => {
      const place = await indexes.placeOf(kind, id);
      const key = keys.record(kind, id);
      const answer = REPLACED.has(kind) ? redis.run(TAKE_TO_REPLACE, [key]) : redis.send(key, 'GETDEL', key);
      const value = valueIn<Records[typeof kind]>(await answer);
      // It is taken, whatever becomes of its place in the line and of its name in the indexes.
      if (place !== undefined) await indexes.leave(kind, [[id, place]]).catch(() => undefined);
      if (value !== undefined) await indexes.drop(kind, id, value).catch(() => undefined);
      return value;
    },
    list: async (kind, index) => {
      const found = new Map<string, Records[typeof kind]>();
      for await (const ids of indexes.candidates(kind, index)) {
        for (const { id, value } of await readAll(kind, ids))
          if (hasMembers(value, index)) found.set(id, value);
      }
      return [...found].map(([id, value]) => ({ id, value }));
    },
    increment: async (name, windowSeconds) =>
      answeredNumber.parse(
        await redis.run(INCREMENT, [keys.counter(name)], String(clock.now()), String(windowSeconds)),
      ),
    trim: async (kind, keep) => {
      let gone = 0;
      for (;;) {
        const batch = await indexes.oldest(kind, keep);
        if (batch.length === 0) return gone;
        const deleted = await Promise.all(
          batch.map(([id]) => redis.send(keys.record(kind, id), 'DEL', keys.record(kind, id))),
        );
        gone += deleted.filter((count) => count === 1).length;
        await indexes.leave(kind, batch);
      }
    },
    close: async () => redis.close(),
  };

  /** Those of a batch that are there; all are asked for at once, and go out together. */
  async function readAll<K extends ListedKind>(
    kind: K,
    ids: readonly string[],
  ): Promise<readonly { readonly id: string; readonly value: Records[K] }[]> {
    const values = await Promise.all(ids.map(async (id) => ({ id, value: await read(kind, id) })));
    return values.flatMap(({ id, value }) => (value === undefined ? [] : [{ id, value }]));
  }
}

function hasMembers(value: object, index: object): boolean {
  return Object.entries(index).every(([name, wanted]) => Reflect.get(value, name) === wanted);
}
