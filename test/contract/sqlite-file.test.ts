import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError, INDEXED, NEVER, openStore, type Store, TRIMMED } from '../../src/as/index.js';
import { loadDriver } from '../../src/as/store/sqlite/driver.js';
import { checkedVersion, migrate, MIGRATIONS } from '../../src/as/store/sqlite/schema.js';
import { listSql, SQL, trimSql } from '../../src/as/store/sqlite/statements.js';
import { steppedClock } from './store-contract.js';

const root = mkdtempSync(join(tmpdir(), 'sqlite-file-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

const driver = await loadDriver();
const clock = steppedClock();
const grant = { client_id: 'c', sub: 's', scope: 'user', resource: [], created_at: 1 };
const slot = { until: 1 };

let folder: string;
let path: string;
beforeEach(() => {
  folder = join(root, `${(folders += 1)}`);
  mkdirSync(folder);
  path = join(folder, 'oauth.db');
});

async function opened(issuer = 'http://as.example', file = path): Promise<Store> {
  const { source, lasting } = await openStore({ store: `sqlite:${file}`, issuer, clock });
  if (typeof source === 'function' || !lasting) throw new Error('not a lasting store');
  return source;
}

function inDatabase<T>(look: (database: ReturnType<typeof driver>) => T): T {
  const database = driver(path);
  try {
    return look(database);
  } finally {
    database.close();
  }
}

describe('the file', () => {
  it('and those beside it are for the eyes of this user only', async () => {
    const before = process.umask(0o022);
    try {
      const store = await opened();
      await store.put('login_slot', 'one', slot, NEVER);
      const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
      expect(modes).toEqual([
        ['oauth.db', 0o600],
        ['oauth.db-shm', 0o600],
        ['oauth.db-wal', 0o600],
      ]);
      await store.close();
    } finally {
      process.umask(before);
    }
  });

  it('has all of it when the store is closed, and gives it back when it is opened again', async () => {
    const store = await opened();
    await store.put('grant', 'one', grant, NEVER);
    await store.increment('key', 60);
    await store.close();
    const log = `${path}-wal`;
    expect(existsSync(log) ? statSync(log).size : 0).toBe(0);
    const again = await opened();
    expect(await again.get('grant', 'one')).toEqual(grant);
    expect(await again.increment('key', 60)).toBe(2);
    await again.close();
  });

  it('keeps issuers apart', async () => {
    const [a, b] = [await opened('http://a.example'), await opened('http://b.example')];
    await a.put('grant', 'one', grant, NEVER);
    await a.put('interaction', 'one', { browser_hash: 'x' }, NEVER);
    await a.increment('key', 60);
    expect(await b.get('grant', 'one')).toBeUndefined();
    expect(await b.take('grant', 'one')).toBeUndefined();
    expect(await b.list('grant', {})).toEqual([]);
    expect(await b.add('grant', 'one', { ...grant, sub: 'b' }, NEVER)).toBe(true);
    expect(await b.trim('interaction', 0)).toBe(0);
    expect(await b.increment('key', 60)).toBe(1);
    expect(await a.list('grant', { sub: 's' })).toEqual([{ id: 'one', value: grant }]);
    expect(await a.get('interaction', 'one')).toEqual({ browser_hash: 'x' });
    await Promise.all([a.close(), b.close()]);
  });

  it.each([
    ['sqlite:', 'names no file'],
    ['sqlite://oauth.db', 'is no URL; write sqlite:oauth.db'],
    ['sqlite::memory:', 'is no file; to keep nothing, use --store memory'],
    ['sqlite:FOLDER', 'is no file'],
    ['sqlite:FOLDER/missing/oauth.db', 'there is no folder FOLDER/missing for'],
    ['sqlite:FOLDER/text.txt', 'text.txt is no SQLite database; name another file'],
    ['sqlite:FOLDER/text.txt/oauth.db', 'there is no folder FOLDER/text.txt for'],
  ])('is refused in one line where it is %s', async (written, told) => {
    writeFileSync(join(folder, 'text.txt'), 'some text\n');
    const store = written.replace('FOLDER', folder);
    const error: unknown = await openStore({ store, issuer: 'http://as.example', clock }).catch((e) => e);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ option: 'store' });
    expect(String(error)).toContain(told.replace('FOLDER', folder));
    expect(String(error)).not.toContain('\n');
    expect(readdirSync(folder)).toEqual(['text.txt']);
  });

  it("is refused, and left as it is, where it is another program's", async () => {
    inDatabase((database) => database.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)'));
    const before = readFileSync(path);
    await expect(opened()).rejects.toThrow(/database of another program; name another file/);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(['oauth.db']);
  });

  it('is refused, and left as it is, where a newer version wrote it', async () => {
    await (await opened()).close();
    inDatabase((database) => database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`));
    await expect(opened()).rejects.toThrow(
      `was written by a newer mcp-oauth-demo (its schema is ${MIGRATIONS.length + 1}, this one knows up to ${MIGRATIONS.length})`,
    );
    inDatabase((database) =>
      expect(database.prepare('PRAGMA user_version').all()).toMatchObject([
        { user_version: MIGRATIONS.length + 1 },
      ]),
    );
  });
});

describe('the schema', () => {
  const next = [...MIGRATIONS, 'CREATE TABLE added (x); INSERT INTO added VALUES (1)'];

  it('is brought up to date step by step, once, and keeps what is there', async () => {
    const store = await opened();
    await store.put('grant', 'one', grant, NEVER);
    await store.close();
    inDatabase((database) => {
      migrate(database, path, next);
      migrate(database, path, next);
      expect(checkedVersion(database, path, next.length)).toBe(MIGRATIONS.length + 1);
      expect(database.prepare('SELECT x FROM added').all()).toHaveLength(1);
      expect(database.prepare('SELECT id FROM record').all()).toMatchObject([{ id: 'one' }]);
    });
  });

  it('stays as it was where a step fails, and is brought up to date the next time', () => {
    inDatabase((database) => {
      const broken = [...next, 'CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)'];
      expect(() => migrate(database, path, broken)).toThrow(/nowhere/);
      expect(checkedVersion(database, path, next.length)).toBe(MIGRATIONS.length + 1);
      expect(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
      migrate(database, path, [...next, 'CREATE TABLE half (x)']);
      expect(checkedVersion(database, path, next.length + 1)).toBe(MIGRATIONS.length + 2);
    });
  });
});

describe('an index', () => {
  const subsets = <T>(of: readonly T[]): T[][] =>
    of.reduce<T[][]>((sets, one) => [...sets, ...sets.map((set) => [...set, one])], [[]]);
  const listed = Object.entries(INDEXED).flatMap(([kind, members]) =>
    subsets<string>(members).map(
      (set) => [`a list of ${kind} by ${set.join(' and ') || 'kind'}`, kind, set] as const,
    ),
  );
  const statements = [
    ...listed.map(([what, kind, set]) => [what, listSql(kind as 'grant', set as 'sub'[])] as const),
    ...TRIMMED.map((kind) => [`a trim of ${kind}`, trimSql(kind)] as const),
    ...(['get', 'replace', 'take', 'sweepRecords', 'sweepCounters'] as const).map(
      (name) => [name, SQL[name]] as const,
    ),
  ];

  it.each(statements)('is used by %s', async (_what, sql) => {
    await (await opened()).close();
    inDatabase((database) => {
      const values = Array.from(sql.matchAll(/\?/g), () => 1);
      const plan = database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...values)
        .map(({ detail }) => String(detail));
      expect(plan.filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
      expect(plan.join('\n')).toMatch(/SEARCH (record|counter) USING (COVERING )?INDEX/);
    });
  });

  it.each(listed.filter(([, , set]) => set.length > 0))(
    'of its own is used by %s',
    async (_what, kind, set) => {
      await (await opened()).close();
      inDatabase((database) => {
        const sql = listSql(kind as 'grant', set as 'sub'[]);
        const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(1, ...set, 1);
        expect(String(plan[0]?.['detail'])).toMatch(
          new RegExp(`${kind}_by_\\w+ \\(issuer=\\? AND ${set[0]}=\\?`),
        );
      });
    },
  );
});

it('what has expired is swept a few hundred rows at a time, with what is written', async () => {
  const store = await opened();
  const soon = clock.now() + 10;
  await Promise.all(Array.from({ length: 1200 }, (_, at) => store.put('login_slot', `${at}`, slot, soon)));
  await store.increment('key', 10);
  const left = () =>
    inDatabase((database) => [
      database.prepare("SELECT 1 FROM record WHERE kind = 'login_slot'").all().length,
      database.prepare('SELECT 1 FROM counter').all().length,
    ]);
  clock.advance(31);
  const seen = [left()];
  for (let at = 0; at < 4; at += 1) {
    await store.put('grant', 'one', grant, NEVER);
    seen.push(left());
  }
  expect(seen).toEqual([
    [1200, 1],
    [700, 0],
    [200, 0],
    [0, 0],
    [0, 0],
  ]);
  await store.close();
});

it('where there is no SQLite, one line says how to get one', async () => {
  const none = { node: () => undefined, libsql: async () => undefined };
  await expect(loadDriver(none)).rejects.toThrow(
    /needs Node 22\.13 or newer \(this is .*\), or the package libsql beside mcp-oauth-demo: npm install libsql, or npx -p/,
  );
});
