import * as z from 'zod';
import type { Clock } from '../../../shared/clock.js';
import { INDEXED, type Kind, type ListedKind, TRIMMED, type TrimmedKind } from '../records.js';
import type { Connection } from './connection.js';
import type { Keys } from './keys.js';
import { ENTER_INDEX, ENTER_LINE, LEAVE_LINE, OLDEST_IN_LINE } from './scripts.js';

/**
 * How much, in seconds, the clocks of two servers may differ before one clears away what is good by the other: an id leaves
 * an index so much later than its record ends.
 */
const SLACK_SECONDS = 3600;

/** How many ids are looked at together. */
const BATCH = 500;

const text = z.string();
const texts = z.array(z.string());
const count = z.number();
const page = z.tuple([z.string(), texts]);

/**
 * What records are found by that nobody has the id of.
 *
 * A record and the sorted sets that name it are different keys, on different nodes of a cluster, and no step changes both.
 * What holds nevertheless is that **a record that is there is named by its indexes**:
 *
 * - An id is entered before its record is written (`enter`), and whoever fails to enter it writes no record. A crash in
 *   between leaves a name without a record, never the other way round.
 * - An entry's score is the latest end that any writer gave it (ZADD GT). It goes only when that is over, and the sorted set
 *   ends no sooner than its last entry. So it does not matter which of two writers' records stayed, nor who was overtaken.
 * - Before that, only who has taken the record takes it out. An id that was taken is not put again meanwhile (see `Store`),
 *   and nothing else makes a record of it: a replacement finds none.
 *
 * It holds as long as Redis keeps its writes. In a cluster a node that fails over may have a record again that was taken, or
 * may have lost a name; then nothing names the record until it is replaced the next time.
 *
 * So an index names too much: records that were never written, whose members have changed, or whose taker did not come to
 * the end. Whoever lists reads each record, and leaves those out. ZSCAN gives whatever is there from its beginning to its end.
 *
 * The line of a kind that is trimmed is the same but for its score, which is the place in it. There a name without a record
 * would count, so whoever takes a record takes its id out of the line, and whoever trims takes ids out that have no record;
 * but only if they still have the place that they had before, when the record was not yet gone: who puts the same id again
 * has given it a new place first.
 */
export interface Indexes {
  /** Names a record that is about to be written. */
  enter<K extends Kind>(kind: K, id: string, value: object, expires_at: number): Promise<void>;
  /** Takes a record that was taken out of its indexes. */
  drop<K extends Kind>(kind: K, id: string, value: object): Promise<void>;
  /** What may have these members: batches of ids, some of them for nothing. */
  candidates(kind: ListedKind, index: object): AsyncIterable<readonly string[]>;
  /** The place of an id in its line, before its record goes. */
  placeOf(kind: Kind, id: string): Promise<string | undefined>;
  /** Takes ids out of their line whose records are gone. */
  leave(kind: Kind, gone: readonly (readonly [id: string, place: string])[]): Promise<void>;
  /** A batch of the ids that are too many in a line, with their places; none once there are no more than `keep`. */
  oldest(kind: TrimmedKind, keep: number): Promise<readonly (readonly [id: string, place: string])[]>;
}

/** Keeps the indexes in sorted sets. */
export function createIndexes(redis: Connection, keys: Keys, clock: Clock): Indexes {
  /** the indexes of a kind that has one member or more, each with the value that a record has there */
  function indexesOf(kind: ListedKind, value: object): string[] {
    const members: readonly string[] = INDEXED[kind];
    if (members.length === 0) return [keys.index(kind)];
    return members.map((member) => keys.index(kind, member, String(Reflect.get(value, member))));
  }

  async function* scanned(key: string): AsyncIterable<readonly string[]> {
    let cursor = '0';
    do {
      const [next, found] = page.parse(await redis.send(key, 'ZSCAN', key, cursor, 'COUNT', String(BATCH)));
      // Each id is followed by its score. What has ended at the latest has no record by this clock: it is not read for nothing.
      yield found.filter((_text, at) => at % 2 === 0 && Number(found[at + 1]) > clock.now());
      cursor = next;
    } while (cursor !== '0');
  }

  /** The shortest of some indexes: what is looked for is named in each of them. */
  async function shortest(names: readonly string[]): Promise<string | undefined> {
    if (names.length < 2) return names[0];
    const sized = await Promise.all(
      names.map(async (name) => ({ name, size: count.parse(await redis.send(name, 'ZCARD', name)) })),
    );
    return sized.reduce((least, other) => (other.size < least.size ? other : least)).name;
  }

  /** For who asks for all of a kind, as nobody does often: an index of all would be one huge key on one node. */
  async function* everywhere(kind: ListedKind): AsyncIterable<readonly string[]> {
    for (const send of await redis.servers()) {
      let cursor = '0';
      do {
        const found = await send(['SCAN', cursor, 'MATCH', keys.pattern(kind), 'COUNT', String(BATCH)]);
        const [next, records] = page.parse(found);
        yield records.map((key) => keys.idOf(kind, key));
        cursor = next;
      } while (cursor !== '0');
    }
  }

  return {
    enter: async (kind, id, value, expires_at) => {
      const now = String(clock.now());
      if (isTrimmed(kind)) {
        await redis.run(ENTER_LINE, keys.line(kind), id, String(expires_at), now);
      }
      if (isListed(kind)) {
        await Promise.all(
          indexesOf(kind, value).map((key) =>
            redis.run(ENTER_INDEX, [key], id, String(expires_at), now, String(SLACK_SECONDS)),
          ),
        );
      }
    },
    drop: async (kind, id, value) => {
      if (!isListed(kind)) return;
      await Promise.all(indexesOf(kind, value).map((name) => redis.send(name, 'ZREM', name, id)));
    },
    candidates: async function* (kind, index) {
      const members: readonly string[] = INDEXED[kind];
      const given = members.filter((member) => Reflect.get(index, member) !== undefined);
      const names = given.map((member) => keys.index(kind, member, String(Reflect.get(index, member))));
      const name = await shortest(members.length === 0 ? [keys.index(kind)] : names);
      yield* name === undefined ? everywhere(kind) : scanned(name);
    },
    placeOf: async (kind, id) => {
      if (!isTrimmed(kind)) return undefined;
      const [order] = keys.line(kind);
      return text.nullable().parse(await redis.send(order, 'ZSCORE', order, id)) ?? undefined;
    },
    leave: async (kind, gone) => {
      if (isTrimmed(kind) && gone.length > 0) await redis.run(LEAVE_LINE, keys.line(kind), ...gone.flat());
    },
    oldest: async (kind, keep) => {
      const now = String(clock.now());
      const found = texts.parse(
        await redis.run(OLDEST_IN_LINE, keys.line(kind), now, String(keep), String(BATCH)),
      );
      return found.flatMap((id, at) => (at % 2 === 0 ? [[id, found[at + 1] ?? ''] as const] : []));
    },
  };
}

function isListed(kind: Kind): kind is ListedKind {
  return kind in INDEXED;
}

function isTrimmed(kind: Kind): kind is TrimmedKind {
  return TRIMMED.some((trimmed) => trimmed === kind);
}
