import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LineFile, openLineFile } from '../../../src/cli/audit/line-file.js';

let folder: string;
let path: string;
let now: number;
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'));
  path = join(folder, 'audit.jsonl');
  now = 0;
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(): LineFile {
  return openLineFile({
    path,
    milliseconds: () => now,
    onFailure: (thrown) =>
      told.push(`failed ${thrown instanceof Error && 'code' in thrown ? thrown.code : ''}`),
    onRecovery: (lost) => told.push(`recovered ${lost}`),
    onFailedTry: () => undefined,
  });
}

const lines = (file = path) => readFileSync(file, 'utf8').split('\n').slice(0, -1);

describe('a file of lines', () => {
  it('holds each line, in order, when the call is over', () => {
    const file = open();
    for (let at = 0; at < 100; at += 1) {
      file.write(`line ${at}`);
      expect(lines()).toHaveLength(at + 1);
    }
    expect(lines()).toEqual(Array.from({ length: 100 }, (_, at) => `line ${at}`));
    expect(file.close()).toBe(0);
  });

  it('is for its owner only if it is made here, and stays as it is if it was there', () => {
    open().close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o640);
    writeFileSync(path, 'before\n');
    const file = open();
    file.write('after');
    file.close();
    expect(lines()).toEqual(['before', 'after']);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('is shared by several who write to it', () => {
    const [one, other] = [open(), open()];
    for (let at = 0; at < 50; at += 1) {
      one.write(`one ${at} ${'x'.repeat(5000)}`);
      other.write(`other ${at}`);
    }
    expect(lines()).toHaveLength(100);
    expect(lines().every((line) => /^(?:one \d+ x{5000}|other \d+)$/.test(line))).toBe(true);
    one.close();
    other.close();
  });

  it('is made anew within a second after it was moved away, and no line is lost meanwhile', () => {
    const file = open();
    file.write('before');
    renameSync(path, `${path}.1`);
    now += 999;
    file.write('between');
    expect(existsSync(path)).toBe(false);
    now += 1;
    file.write('after');
    file.close();
    expect(lines(`${path}.1`)).toEqual(['before', 'between']);
    expect(lines()).toEqual(['after']);
  });

  it('goes on at its end after it was emptied in place', () => {
    const file = open();
    file.write('before');
    writeFileSync(path, '');
    file.write('after');
    file.close();
    expect(lines()).toEqual(['after']);
  });
});

describe('a file of lines on a full disk', () => {
  it('tells once that it cannot be written, keeps what waits, and writes it in order when it can', () => {
    symlinkSync('/dev/full', path);
    const file = open();
    for (let at = 0; at < 10; at += 1) file.write(`line ${at}`);
    expect(told).toEqual(['failed ENOSPC']);
    rmSync(path);
    file.write('line 10');
    expect(told).toEqual(['failed ENOSPC', 'recovered 0']);
    file.write('line 11');
    expect(lines()).toEqual(Array.from({ length: 12 }, (_, at) => `line ${at}`));
    expect(file.close()).toBe(0);
  });

  it('keeps a thousand lines, the newest, and tells how many are lost', () => {
    symlinkSync('/dev/full', path);
    const file = open();
    for (let at = 0; at < 1500; at += 1) file.write(`line ${at}`);
    rmSync(path);
    file.write('the last');
    expect(told).toEqual(['failed ENOSPC', 'recovered 500']);
    expect(lines()).toHaveLength(1001);
    expect(lines()[0]).toBe('line 500');
    expect(lines().at(-1)).toBe('the last');
    file.close();
  });

  it('tells at its end what was never written', () => {
    symlinkSync('/dev/full', path);
    const file = open();
    file.write('one');
    file.write('two');
    expect(file.close()).toBe(2);
  });
});

it('a folder, or a file in a folder that is not there, cannot be opened', () => {
  path = folder;
  expect(open).toThrow(/EISDIR/);
  path = join(folder, 'nowhere', 'audit.jsonl');
  expect(open).toThrow(/ENOENT/);
});
