import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
const RUN = join(ROOT, 'bin', 'run.js');

/** No colour, no configuration of the person who runs the tests. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('MCP_OAUTH_DEMO_') && name !== 'NODE_ENV' && name !== 'FORCE_COLOR',
  );
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...extra };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A started command: what it has printed so far, and its end. */
export interface Running {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in what it printed, rejects if it ends without one. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

interface StartOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

/** Starts `bin/run.js` as a user's shell would. */
export function start(args: readonly string[], options: StartOptions = {}): Running {
  return spawned(process.execPath, [RUN, ...args], options);
}

/** Starts Node with other arguments than our command. */
export function startNode(args: readonly string[], options: StartOptions = {}): Running {
  return spawned(process.execPath, args, options);
}

/** Starts `bin/run.js` by a command that takes the rest of its arguments for a command, as `nice` does. */
export function startUnder(
  [file, ...before]: readonly [string, ...string[]],
  args: readonly string[],
  options: StartOptions = {},
): Running {
  return spawned(file, [...before, process.execPath, RUN, ...args], options);
}

/** Starts the command that npm linked in a folder where the package is installed. */
export function startInstalled(folder: string, args: readonly string[]): Running {
  return spawned(join(folder, 'node_modules', '.bin', 'mcp-oauth-demo'), args, { cwd: folder });
}

function spawned(file: string, args: readonly string[], { env = {}, cwd = ROOT }: StartOptions): Running {
  const child = spawn(file, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const onOutput = () => waiting.forEach((look) => look());
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), onOutput()));
  child.stderr.setEncoding('utf8').on('data', (text: string) => ((stderr += text), onOutput()));
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    printed: (pattern) =>
      new Promise((done, fail) => {
        const look = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (!match) return;
          waiting.delete(look);
          done(match);
        };
        waiting.add(look);
        look();
        void ended.then(({ code }) =>
          fail(new Error(`ended with ${code} before it printed ${pattern}:\n${stdout}${stderr}`)),
        );
      }),
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs a command to its end. */
export async function run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

/** A started server that listens, and the events that it has logged. */
export interface Listening extends Running {
  /** of the MCP server; empty for `as` */
  readonly resource: string;
  readonly issuer: string;
  events(): readonly Record<string, unknown>[];
}

/** Waits until a server that was started with `--log-format json` tells where it listens. */
export async function listening(running: Running): Promise<Listening> {
  const [line] = await running.printed(/^\{"kind":"listening".*$/m);
  const { resource = '', issuer } = JSON.parse(line) as { resource?: string; issuer: string };
  return { ...running, resource, issuer, events: () => eventsIn(running.stderr()) };
}

/** Starts `all` on free ports, and waits until it listens. */
export async function startPair(...flags: readonly string[]): Promise<Listening> {
  return startPairWith({}, ...flags);
}

/** The same, with more in its environment. */
export async function startPairWith(
  env: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<Listening> {
  const free = ['all', '--as-port', '0', '--rs-port', '0', '--log-format', 'json'];
  return listening(start([...free, ...flags], { env }));
}

/** POSTs a message to an MCP endpoint, as an MCP client would. */
export function postMcp(resource: string, token: string, message: unknown): Promise<Response> {
  return fetch(resource, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(message),
  });
}

/** The JSON log lines in a text. */
export function eventsIn(text: string): readonly Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
