import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { carelessPair, serve, type Served } from '../flows/careless-pair.js';
import { CODE } from '../flows/support.js';
import { ROOT, run } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'stepping-'));
const servers: Served[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * `script` of util-linux gives a command a terminal; that of other systems takes other arguments. In CI nothing is
 * skipped: there the test fails without it.
 */
const hasScript =
  (process.env['CI'] !== undefined ||
    spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')) ??
  false;

interface Typed {
  readonly code: number | null;
  readonly screen: string;
}

/** Runs the command in a terminal, and types each answer when it is asked for one. */
async function typing(args: readonly string[], answers: readonly string[], editor = 'false'): Promise<Typed> {
  const quoted = [process.execPath, join(ROOT, 'bin', 'run.js'), ...args]
    .map((part) => `'${part}'`)
    .join(' ');
  const child = spawn('script', ['-qefc', quoted, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '1', TERM: 'xterm', VISUAL: editor },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  const left = [...answers];
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    const questions = screen.split(/q (?:stops|leaves it as it was) > /).length - 1;
    for (; seen < questions; seen += 1) child.stdin.write(left.shift() ?? '\u0003');
  });
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, screen };
}

async function pair(): Promise<string> {
  const server = await serve(carelessPair);
  servers.push(server);
  return `${server.origin}/mcp`;
}

describe('inspect-flow --step', () => {
  it('without a terminal is refused on one line', async () => {
    const { code, stdout, stderr } = await run(['inspect-flow', await pair(), '--step']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mcp-oauth-demo inspect-flow: --step: asks its questions in a terminal, .*\n$/);
    expect(stdout).toBe('');
  });
});

describe.skipIf(!hasScript)('inspect-flow --step, in a terminal (needs script of util-linux),', () => {
  it('sends, edits, skips and stops as it is told', async () => {
    const trace = join(folder, 'trace.json');
    const editor = join(folder, 'editor');
    writeFileSync(
      editor,
      '#!/bin/sh\nsed "s|^x-nothing.*||; 1a x-edited: yes" "$1" > "$1.new" && mv "$1.new" "$1"\n',
    );
    chmodSync(editor, 0o700);
    const args = ['inspect-flow', await pair(), '--client-id', 'known', '--step', '--output', trace];
    // The first request is edited, those for both metadata are sent, and so on until the token, which is left out.
    const { code, screen } = await typing(args, ['e\r', '\r', '\r', '\r', 's\r', 'q\r'], editor);
    const document = flowDocument.parse(JSON.parse(readFileSync(trace, 'utf8')));
    const marks = document.exchanges.map(({ step, by_user: mark }) => `${step} ${mark}`);
    expect(marks.slice(0, 2)).toEqual(['challenge edited', 'resource-metadata null']);
    expect(document.exchanges[0]!.request.headers).toMatchObject({ 'x-edited': 'yes' });
    expect(marks).toContain('token skipped');
    expect(document.outcome).toBe('failed');
    expect(code).toBe(1);
    expect(screen).toContain('Next request (token), to the authorization server:');
    expect(screen).not.toContain(CODE);
  });

  it('ends with 0 and the outcome stopped after q, and with 130 after Ctrl-C', async () => {
    const target = await pair();
    const stopped = await typing(['inspect-flow', target, '--step'], ['\r', 'q\r']);
    expect(stopped.code).toBe(0);
    expect(stopped.screen).toContain('its user stopped it here');
    const interrupted = await typing(['inspect-flow', target, '--step'], ['\r', '\u0003']);
    expect(interrupted.code).toBe(130);
    expect(interrupted.screen).toMatch(/Verdict[^]*mcp-oauth-demo inspect-flow: interrupted at /);
  });
});
