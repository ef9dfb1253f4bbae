import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { NEVER, type Store, StoreUnavailableError } from '../../src/as/index.js';
import type { Database, OpenDatabase } from '../../src/as/store/sqlite/database.js';
import { loadDriver } from '../../src/as/store/sqlite/driver.js';
import { openSqliteStore } from '../../src/as/store/sqlite/open-sqlite-store.js';
import { steppedClock } from './store-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-faults-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const driver = await loadDriver();
const clock = steppedClock();
const slot = (until: number) => ({ until });

let path: string;
let store: Store;
/** another program that has the file open */
let other: Database;

const open = (by: OpenDatabase = driver) =>
  openSqliteStore({ store: `sqlite:${path}`, issuer: 'http://as.example', clock }, by);

beforeEach(async () => {
  path = join(folder, `${(files += 1)}.db`);
  store = await open();
  other = driver(path);
});

afterEach(async () => {
  other.close();
  await store.close();
});

it('a write waits until another process has written, and reads go on meanwhile', async () => {
  await store.put('login_slot', 'one', slot(1), NEVER);
  other.exec('BEGIN IMMEDIATE; UPDATE record SET expires_at = 5');
  let isWritten = false;
  const written = store.put('login_slot', 'two', slot(2), NEVER).then(() => (isWritten = true));
  await pause(60);
  expect(isWritten).toBe(false);
  expect(await store.get('login_slot', 'one')).toEqual(slot(1));
  other.exec('COMMIT');
  expect(await store.get('login_slot', 'one')).toBeUndefined();
  await written;
  expect(await store.get('login_slot', 'two')).toEqual(slot(2));
});

it('a write is given up when the file stays locked; this process never stands still for it', async () => {
  other.exec('BEGIN IMMEDIATE');
  const given = store.put('login_slot', 'one', slot(1), NEVER).catch((error: unknown) => error);
  let longest = 0;
  let last = performance.now();
  const pulse = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  const error = await given;
  clearInterval(pulse);
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect(String(error)).toMatch(/\.db is locked by another process/);
  expect(longest).toBeLessThan(1000);
  other.exec('ROLLBACK');
  await store.put('login_slot', 'two', slot(2), NEVER);
  expect(await store.get('login_slot', 'two')).toEqual(slot(2));
  expect(await store.get('login_slot', 'one')).toBeUndefined();
});

/** A database in which what is written under the id "bad" goes wrong in this way. */
function faulty(error: Error): OpenDatabase {
  return (at) => {
    const database = driver(at);
    return {
      ...database,
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
      prepare: (sql) => {
        const statement = database.prepare(sql);
        return {
          all: (...values) => {
            if (sql.startsWith('INSERT INTO record') && values.includes('bad')) throw error;
            return statement.all(...values);
          },
        };
      },
    };
  };
}

const diskFull = Object.assign(new Error('database or disk is full'), { errcode: 13 });

it.each([
  ['one that is wrong in itself', new Error('wrong'), 'wrong'],
  ['one that ends the transaction', diskFull, 'cannot grow: its disk is full'],
])('%s fails alone of those that are written together', async (_which, error, told) => {
  const unsound = await open(faulty(error));
  const settled = await Promise.allSettled(
    ['one', 'bad', 'two'].map((id) => unsound.put('login_slot', id, slot(1), NEVER)),
  );
  expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(String(settled.map((each) => 'reason' in each && each.reason)[1])).toContain(told);
  expect(await store.get('login_slot', 'one')).toEqual(slot(1));
  expect(await store.get('login_slot', 'bad')).toBeUndefined();
  expect(await store.get('login_slot', 'two')).toEqual(slot(1));
  await unsound.close();
});

it('nothing is told to be done whose transaction could not be committed', async () => {
  let isFull = false;
  const unsound = await open((at) => {
    const database = driver(at);
    return {
      prepare: (sql) => database.prepare(sql),
      close: () => database.close(),
      exec(sql) {
        if (isFull && sql === 'COMMIT') throw diskFull;
        database.exec(sql);
      },
    };
  });
  await store.put('login_slot', 'taken', slot(1), NEVER);
  isFull = true;
  const settled = await Promise.allSettled([
    unsound.put('login_slot', 'one', slot(1), NEVER),
    unsound.take('login_slot', 'taken'),
    unsound.add('login_slot', 'two', slot(1), NEVER),
    unsound.increment('key', 60),
    unsound.trim('interaction', 0),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(settled.map(() => 'rejected'));
  isFull = false;
  expect(await store.get('login_slot', 'one')).toBeUndefined();
  expect(await unsound.take('login_slot', 'taken')).toEqual(slot(1));
  expect(await unsound.increment('key', 60)).toBe(1);
  await unsound.close();
});

it('what is written together is there together, or not at all', async () => {
  const counts: number[] = [];
  const writing = Promise.all(
    Array.from({ length: 50 }, (_, at) => store.put('login_slot', `${at}`, slot(at), NEVER)),
  );
  const count = () => counts.push(Number(other.prepare('SELECT count(*) AS n FROM record').all()[0]?.['n']));
  count();
  await writing;
  count();
  expect(counts).toEqual([0, 50]);
});

it('a file that was moved away is neither read nor written, since another one may be good in its place, and is used again when it is back', async () => {
  await store.put('login_slot', 'one', slot(1), NEVER);
  renameSync(path, `${path}.moved`);
  await expect(store.put('login_slot', 'two', slot(2), NEVER)).rejects.toThrow(/moved, deleted or replaced/);
  await expect(store.get('login_slot', 'one')).rejects.toThrow(StoreUnavailableError);
  await expect(store.list('session', {})).rejects.toThrow(StoreUnavailableError);
  renameSync(`${path}.moved`, path);
  expect(await store.get('login_slot', 'one')).toEqual(slot(1));
  await store.put('login_slot', 'two', slot(2), NEVER);
  expect(await store.get('login_slot', 'two')).toEqual(slot(2));
});

it('a write that waits for another process does not go into a file that is moved away meanwhile', async () => {
  other.exec('BEGIN IMMEDIATE');
  const written = store.put('login_slot', 'one', slot(1), NEVER);
  const refused = expect(written).rejects.toThrow(/moved, deleted or replaced/);
  await pause(30);
  renameSync(path, `${path}.moved`);
  other.exec('COMMIT');
  await refused;
  renameSync(`${path}.moved`, path);
  expect(await store.get('login_slot', 'one')).toBeUndefined();
});

it('tables that are gone are told of as a fault of the file', async () => {
  other.exec('DROP TABLE record');
  await expect(store.get('login_slot', 'one')).rejects.toThrow(StoreUnavailableError);
  await expect(store.take('login_slot', 'one')).rejects.toThrow(/\.db is not as it was when it was opened/);
});

it('is asked for nothing once it is closed, and has written all that it was given before', async () => {
  const written = store.put('login_slot', 'one', slot(1), NEVER);
  await store.close();
  await written;
  await expect(store.get('login_slot', 'one')).rejects.toThrow(/was closed/);
  expect(other.prepare('SELECT id FROM record').all()).toMatchObject([{ id: 'one' }]);
});
