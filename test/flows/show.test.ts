import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMAT_IDS, readSavedFlow, renderFlow } from '../../src/flows/index.js';
import { run, startPair } from '../support/cli.js';
import { createForeignPair, inspect } from './support.js';

let folder: string;
let live: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'show-'));
  const pair = await startPair();
  live = (await run(['inspect-flow', pair.resource, '--output', 'trace.json'], { cwd: folder })).stdout;
  await pair.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

function show(...args: readonly string[]) {
  return run(['inspect-flow', 'show', ...args], { cwd: folder });
}

describe('inspect-flow show', () => {
  it('shows the text of the run itself, without its servers', async () => {
    const { code, stdout, stderr } = await show('trace.json');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(live);
  });

  it('writes any format to a file, as its name tells', async () => {
    const { code, stdout, stderr } = await show('trace.json', '--output', 'flow.har');
    expect([code, stdout, stderr]).toEqual([0, '', 'The report is in flow.har.\n']);
    const { log } = JSON.parse(readFileSync(join(folder, 'flow.har'), 'utf8')) as {
      log: { version: string };
    };
    expect(log.version).toBe('1.2');
  });

  it('gives back the same trace', async () => {
    const { stdout } = await show('trace.json', '--json');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')));
  });

  it.each([
    ['missing.json', /cannot read missing\.json \(ENOENT\)/],
    ['.', /cannot read \. \(EISDIR\)/],
    ['bad.json', /bad\.json is not JSON/],
    ['other.json', /other\.json is not a trace of inspect-flow: exchanges\[0\]\.request\.url: /],
    ['newer.json', /newer\.json is a trace of version 2/],
  ])('is refused with one line and 2: %s', async (name, line) => {
    const trace = readFileSync(join(folder, 'trace.json'), 'utf8');
    writeFileSync(join(folder, 'bad.json'), `${trace.slice(0, 500)}\u001b[31m`);
    writeFileSync(join(folder, 'newer.json'), trace.replace('"version": 1', '"version": 2'));
    writeFileSync(join(folder, 'other.json'), trace.replace(/"url": "[^"]*"/, '"url": 7'));
    const { code, stdout, stderr } = await show(name);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^mcp-oauth-demo inspect-flow show: \P{Cc}*\n$/u);
    expect(stderr).toMatch(line);
  });
});

describe('a saved flow', () => {
  it('keeps to the order of the live report, also where the flow failed', async () => {
    for (const routes of [
      {},
      { 'POST as.example/token': undefined },
      { 'POST mcp.example/mcp': undefined },
    ]) {
      const { document, text } = await inspect(createForeignPair(routes).fetch);
      const saved = readSavedFlow(await renderFlow('json', document));
      if (!saved.ok) throw new Error(saved.fault);
      expect(await renderFlow('text', saved.document)).toBe(text);
    }
  });

  it('is shown in every format with a body as deep as a run keeps one, and refused if it is deeper', async () => {
    const { document } = await inspect(createForeignPair().fetch);
    const nested = (levels: number) => `${'['.repeat(levels)}"core"${']'.repeat(levels)}`;
    const [first, ...others] = document.exchanges;
    const exchanges = [{ ...first, response: { ...first!.response, body: '@' } }, ...others];
    const text = (levels: number) =>
      JSON.stringify({ ...document, exchanges }).replace('"@"', nested(levels));
    expect(readSavedFlow(text(65))).toEqual({ ok: false, fault: 'is nested too deeply' });
    const saved = readSavedFlow(text(64));
    if (!saved.ok) throw new Error(saved.fault);
    for (const format of FORMAT_IDS) {
      expect((await renderFlow(format, saved.document)).length).toBeLessThan(500_000);
    }
  });

  it('may be nested as deeply as it likes', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(readSavedFlow(deep)).toMatchObject({ ok: false });
    expect(readSavedFlow(`{"version":1,"exchanges":[{"request":{"body":${deep}}}]}`)).toMatchObject({
      ok: false,
    });
  });

  it('may have members that this version does not know', async () => {
    const { document } = await inspect(createForeignPair().fetch);
    const saved = readSavedFlow(JSON.stringify({ ...document, from_the_future: 1 }));
    expect(saved).toEqual({ ok: true, document });
  });
});
