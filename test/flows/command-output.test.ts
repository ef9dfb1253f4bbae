import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prepareOutputFile } from '../../src/cli/output-file.js';
import { flowDocument } from '../../src/flows/index.js';
import { type Listening, run, startPair } from '../support/cli.js';

let pair: Listening;
let folder: string;

beforeAll(async () => {
  pair = await startPair();
});
afterAll(async () => void (await pair.stop()));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'output-'));
  return () => rmSync(folder, { recursive: true });
});

/** Runs the inspector on our own pair. */
function inspect(...flags: readonly string[]) {
  return run(['inspect-flow', pair.resource, ...flags], { cwd: folder });
}

function readTrace(name: string) {
  return flowDocument.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

describe('--output', () => {
  it('writes the format that the name of the file tells, while the terminal shows the text report', async () => {
    const { code, stdout, stderr } = await inspect('--output', 'trace.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 {2}Challenge.*Verdict/s);
    expect(stderr).toBe('The report is in trace.json.\n');
    expect(readTrace('trace.json').outcome).toBe('completed');
    expect(readdirSync(folder)).toEqual(['trace.json']);
  });

  it('says that it has taken the place of an earlier file, and keeps who may read it', async () => {
    const path = join(folder, 'report.txt');
    writeFileSync(path, 'x'.repeat(100_000));
    chmodSync(path, 0o600);
    const { stdout, stderr } = await inspect('--output', 'report.txt');
    expect(stderr).toBe('The report is in report.txt, in place of an earlier file.\n');
    expect(readFileSync(path, 'utf8')).toBe(stdout);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes by --format where both say one', async () => {
    await inspect('--output', 'trace.txt', '--json');
    expect(readTrace('trace.txt').version).toBe(1);
  });

  it('is stdout if it is -', async () => {
    const { stdout } = await inspect('--output', '-', '--format', 'json');
    expect(flowDocument.parse(JSON.parse(stdout)).outcome).toBe('completed');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a folder that is not there', 'missing/trace.json', 'its folder does not exist (ENOENT)'],
    ['a folder', 'there.json', 'it is a directory'],
    ['a file as a folder', 'file/trace.json', 'a part of the path is not a folder (ENOTDIR)'],
  ])('is refused before anything is sent: %s', async (_what, path, why) => {
    mkdirSync(join(folder, 'there.json'));
    writeFileSync(join(folder, 'file'), '');
    // Nothing listens there: a run that began would end with 4.
    const { code, stdout, stderr } = await run(
      ['inspect-flow', 'http://127.0.0.1:9/mcp', '--output', join(folder, path)],
      { cwd: folder },
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `mcp-oauth-demo inspect-flow: --output: cannot write ${join(folder, path)}: ${why}\n`,
    );
  });

  it('is refused with a name that tells no format, and all that would', async () => {
    const { code, stderr } = await inspect('--output', 'trace.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /--output: the name trace\.yaml does not tell the format: .*\.txt.*\.json.*--format/,
    );
  });

  it('leaves no room for two formats', async () => {
    const { code, stderr } = await inspect('--json', '--format', 'text');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mcp-oauth-demo inspect-flow: --format=text cannot [^\n]*--json[^\n]*\n$/);
  });
});

describe('a file that is written', () => {
  it('is left as it was, with nothing beside it, until the whole text is there', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, 'before');
    const file = await prepareOutputFile('output', path);
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['a.txt']);
    expect(await file.write('after')).toEqual({ replaced: true });
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('leaves nothing behind where it cannot be put in its place', async () => {
    const path = join(folder, 'a.txt');
    const file = await prepareOutputFile('output', path);
    mkdirSync(path);
    writeFileSync(join(path, 'in-the-way'), '');
    await expect(file.write('after')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it('has the mode that the umask leaves', async () => {
    const path = join(folder, 'a.txt');
    await (await prepareOutputFile('output', path)).write('text');
    expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  it('is what a link leads to, and the link stays', async () => {
    writeFileSync(join(folder, 'a.txt'), 'before');
    symlinkSync('a.txt', join(folder, 'link.txt'));
    await (await prepareOutputFile('output', join(folder, 'link.txt'))).write('after');
    expect(lstatSync(join(folder, 'link.txt')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('after');
  });

  it('may be a device', async () => {
    await (await prepareOutputFile('output', '/dev/null')).write('text');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});
