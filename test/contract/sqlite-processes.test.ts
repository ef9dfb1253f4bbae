import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { NEVER, openStore, type Store } from '../../src/as/index.js';
import { type Outcome, startStoreProcess, type StoreProcess } from '../support/store-process.js';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-processes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const started: StoreProcess[] = [];
afterEach(() => started.splice(0).forEach(({ kill }) => kill()));

let files = 0;
const freshStore = () => `sqlite:${join(folder, `${(files += 1)}.db`)}`;

async function startAll(count: number, store: string, ulimit?: string): Promise<readonly StoreProcess[]> {
  const processes = await Promise.all(Array.from({ length: count }, () => startStoreProcess(store, ulimit)));
  started.push(...processes);
  return processes;
}

async function startOne(store: string, ulimit?: string): Promise<StoreProcess> {
  const [process] = await startAll(1, store, ulimit);
  return process!;
}

/** The store in this process. */
async function opened(store: string): Promise<Store> {
  const { source } = await openStore({
    store,
    issuer: 'http://as.example',
    clock: { now: () => 1_800_000_000 },
  });
  if (typeof source === 'function') throw new Error('not a lasting store');
  return source;
}

const slot = (until: number) => ({ until });
const values = (outcomes: readonly Outcome[]) => outcomes.map(({ value }) => value);

it('two processes race fifty times for each record, and one of them gets it, adds it, counts it', async () => {
  const store = freshStore();
  const racers = await startAll(2, store);
  const each = (call: (at: number) => readonly [string, ...unknown[]]) =>
    Promise.all(racers.map(({ ask }) => ask(...Array.from({ length: 50 }, (_, at) => call(at)))));

  const added = await each((at) => ['add', 'login_slot', `${at}`, slot(at), NEVER]);
  const [first = [], second = []] = added.map(values);
  expect(first.map((did, at) => [did, second[at]].filter(Boolean).length)).toEqual(Array(50).fill(1));

  const counted = (await each(() => ['increment', 'key', 60])).flatMap(values).map(Number);
  expect([...counted].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));

  const change = (at: number) => ({ expected: slot(at), value: slot(-1), expires_at: NEVER });
  const replaced = await each((at) => ['replace', 'login_slot', `${at}`, change(at)]);
  expect(replaced.flatMap(values).filter(Boolean)).toHaveLength(50);

  const taken = (await each((at) => ['take', 'login_slot', `${at}`])).flatMap(values);
  expect(taken.filter((value) => value !== undefined)).toEqual(Array(50).fill(slot(-1)));
  expect(await Promise.all(racers.map(({ end }) => end()))).toEqual([0, 0]);
});

it('four processes make the same file at once', async () => {
  const store = freshStore();
  const processes = await startAll(4, store);
  const counted = await Promise.all(processes.map(({ ask }) => ask(['increment', 'key', 60])));
  expect(counted.flatMap(values).sort()).toEqual([1, 2, 3, 4]);
});

it('what was acknowledged is there after the process was killed', async () => {
  const store = freshStore();
  const process = await startOne(store);
  await process.ask(
    ...Array.from({ length: 600 }, (_, at) => ['put', 'login_slot', `${at}`, slot(at), NEVER] as const),
  );
  await process.ask(['take', 'login_slot', '7']);
  process.kill();
  const reader = await opened(store);
  expect(await reader.get('login_slot', '7')).toBeUndefined();
  expect(await reader.get('login_slot', '599')).toEqual(slot(599));
  await reader.close();
});

it.skipIf(process.platform !== 'linux')(
  'a full disk stops writes and nothing else, until there is room again',
  async () => {
    const store = freshStore();
    const process = await startOne(store, '-S -f 300');
    const record = (at: number) => ({ client_id: `${at} ${'x'.repeat(5000)}` });
    const put = (at: number) => ['put', 'void_token', `${at}`, record(at), NEVER] as const;
    let written = 0;
    let outcome: Outcome = {};
    while (outcome.error === undefined && written < 200) {
      [outcome = {}] = await process.ask(put(written));
      if (outcome.error === undefined) written += 1;
    }
    expect(outcome.error).toBe('StoreUnavailableError');
    expect(outcome.message).toMatch(/\.db cannot (grow|be read or written).*disk/);
    expect(written).toBeGreaterThan(5);
    const kept = Array.from({ length: written }, (_, at) => record(at));
    const reading = kept.map((_, at) => ['get', 'void_token', `${at}`] as const);
    expect(values(await process.ask(...reading))).toEqual(kept);

    execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
    expect(await process.ask(put(written))).toEqual([{}]);
    expect(values(await process.ask(['take', 'void_token', '0'], ['get', 'void_token', '0']))).toEqual([
      record(0),
      record(0),
    ]);
    expect(values(await process.ask(['get', 'void_token', '0']))).toEqual([undefined]);
    expect(values(await process.ask(...reading.slice(1)))).toEqual(kept.slice(1));
    expect(await process.end()).toBe(0);
  },
);
