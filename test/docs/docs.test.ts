import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { type Fence, fences, pages, readPage } from './fences.js';

/**
 * Runs what the pages tell a reader to run, with the ports that they name. Behind the language of a fence may stand:
 * `with="<command>"` (runs beside it), `exit=<code>`, `needs=<program>`, `run-by="<another test>"`,
 * `not-run="<reason>"`.
 */
const SERVERS = /^npx mcp-oauth-demo (all|as|rs)\b/;

/** For one command and the server beside it, in milliseconds. */
const TIME_LIMIT = 30_000;

/** A folder for PATH in which `npx mcp-oauth-demo` is this checkout, and nothing is downloaded. */
const shims = mkdtempSync(join(tmpdir(), 'docs-'));
writeFileSync(
  join(shims, 'npx'),
  `#!/bin/sh\n[ "$1" = mcp-oauth-demo ] || { echo "not to be run: npx $*" >&2; exit 99; }\nshift\nexec "${process.execPath}" "${ROOT}/bin/run.js" "$@"\n`,
);
chmodSync(join(shims, 'npx'), 0o755);

/** The ports that the commands in the documents use, since they name none. */
const PORTS = [9000, 8001];

beforeAll(async () => {
  for (const port of PORTS) {
    if (await isTaken(port)) {
      throw new Error(
        `port ${port} is in use; the documents are run with the default ports: end what listens there`,
      );
    }
  }
});

function isTaken(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, 'localhost', () => (socket.destroy(), done(true)));
    socket.once('error', () => done(false));
  });
}

const groups = new Set<ChildProcess>();
afterAll(() => {
  for (const child of groups) kill(child, 'SIGKILL');
  rmSync(shims, { recursive: true });
});

interface Shell {
  readonly child: ChildProcess;
  output(): string;
  readonly code: Promise<number | null>;
}

function shell(command: string): Shell {
  const env = {
    ...process.env,
    PATH: `${shims}:${process.env['PATH']}`,
    NO_COLOR: '1',
    // What a snippet keeps is not kept for the user who runs the tests.
    XDG_DATA_HOME: join(shims, 'data'),
  };
  const child = spawn('bash', ['-c', command], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  groups.add(child);
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const code = new Promise<number | null>((done) =>
    child.once('close', (value) => (groups.delete(child), done(value))),
  );
  return { child, output: () => output, code };
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) process.kill(-child.pid, signal);
}

/** Starts a server, waits for its banner, does something beside it, and ends it as a person would. */
async function beside<T>(command: string, action: () => Promise<T>): Promise<T> {
  const server = shell(command);
  const listening = new Promise<void>((done, fail) => {
    server.child.stdout?.on('data', () => /https?:\/\/\S/.test(server.output()) && done());
    void server.code.then((code) => fail(new Error(`${command} ended with ${code}:\n${server.output()}`)));
  });
  await listening;
  try {
    return await action();
  } finally {
    kill(server.child, 'SIGINT');
    expect(await server.code, server.output()).toBe(0);
  }
}

function isOnPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

async function runFence(fence: Fence): Promise<void> {
  const command = fence.text.trim();
  const action = async () => {
    if (SERVERS.test(command) && fence.attributes['exit'] === undefined)
      return beside(command, async () => undefined);
    const ran = shell(`set -o pipefail; ${command}`);
    expect(await ran.code, ran.output()).toBe(Number(fence.attributes['exit'] ?? 0));
  };
  const companion = fence.attributes['with'];
  await (companion === undefined ? action() : beside(`npx mcp-oauth-demo ${companion}`, action));
}

const all = fences();
const place = (fence: Fence) => `${fence.page}:${fence.line}`;

describe('a command in the documents runs as it stands', () => {
  const commands = all.filter((fence) => fence.language === 'sh');
  const elsewhere = commands.filter((fence) => 'not-run' in fence.attributes || 'run-by' in fence.attributes);

  it('or says why not, or where it is run', () => {
    const listed = elsewhere.map(
      (fence) => `${place(fence)} ${JSON.stringify(fence.attributes)} ${fence.text.trim()}`,
    );
    console.log(['Not run here:', ...listed].join('\n  '));
    expect(commands.length).toBeGreaterThan(elsewhere.length);
  });

  const here = commands.filter((fence) => !elsewhere.includes(fence));
  it.for(here.map((fence) => [place(fence), fence] as const))(
    '%s',
    { timeout: TIME_LIMIT },
    async ([, fence], { skip }) => {
      const program = fence.attributes['needs'];
      // In CI nothing is skipped: there a missing program is a fault of its set-up.
      skip(program !== undefined && !process.env['CI'] && !isOnPath(program), `${program} is not installed`);
      await runFence(fence);
    },
  );
});

describe('a snippet in the documents', () => {
  it.each(all.filter((fence) => fence.language === 'json').map((fence) => [place(fence), fence] as const))(
    'is valid JSON: %s',
    (_place, fence) => {
      expect(() => JSON.parse(fence.text)).not.toThrow();
    },
  );
});

/** What a link can name on a page: its headings, by the rule that GitHub makes anchors of them by, and its own anchors. */
function anchorsOf(page: string): ReadonlySet<string> {
  const text = readPage(page);
  const headings = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set([...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)]);
}

describe('a link in the documents', () => {
  const links = pages().flatMap((page) => {
    const targets = [...readPage(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target]) => target!);
    return [...new Set(targets)].map((target) => [page, target] as const);
  });
  // One test a page: there are more than a thousand links.
  it.each([...new Set(links.map(([page]) => page))])(
    'in %s leads to a file, and to a heading there',
    (page) => {
      const broken = links.filter(([from, target]) => {
        if (from !== page) return false;
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        if (!existsSync(join(ROOT, file))) return true;
        return anchor !== undefined && !anchorsOf(file).has(anchor);
      });
      expect(broken.map(([, target]) => target)).toEqual([]);
    },
  );
});
