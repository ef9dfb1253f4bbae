import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createNetwork, type Network, type NetworkOptions } from '../../../scripts/load/network.js';
import { type Listening, listening, type Running, start } from '../../support/cli.js';

/** A server that can be killed and started again, with the same flags on the same port. */
export interface Restartable extends Listening {
  readonly port: number;
  /** Ends it if it still runs, and starts another one in its place. */
  restart(): Promise<Restartable>;
}

/** What a server is started with. */
export interface Start {
  readonly flags?: readonly string[];
  readonly env?: Record<string, string>;
  /** a free one unless given */
  readonly port?: number;
  /** how the process is made; `bin/run.js` with the arguments, unless given */
  readonly by?: (args: readonly string[], options: { readonly env?: Record<string, string> }) => Running;
}

/** What the tests of a file have started; it ends with the test that started it. */
export interface Started {
  /** The authorization server. Nothing is recorded of flows, as that is not what is tested. */
  as(options?: Start): Promise<Restartable>;
  rs(issuer: string, options?: Start): Promise<Restartable>;
  network(options?: NetworkOptions): Network;
  /** a folder of its own */
  folder(): string;
  /** Has something ended with the test. */
  atEnd(end: () => Promise<unknown> | void): void;
}

const LOG = ['--quiet', '--log-format', 'json', '--no-flows'];

/** Sees to it that nothing outlives the test that started it. */
export function startedHere(): Started {
  const ends: (() => Promise<unknown> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function serve(command: string, { flags = [], env = {}, port, by = start }: Start) {
    const own = port ?? (await freePort());
    const begin = async (): Promise<Restartable> => {
      const running = by([command, '--port', String(own), ...LOG, ...flags], { env });
      ends.push(() => running.stop('SIGKILL'));
      const server = await listening(running);
      return {
        ...server,
        port: own,
        restart: async () => {
          await running.stop('SIGKILL');
          return begin();
        },
      };
    };
    return begin();
  }

  return {
    // A code outlives what the tests do to the server meanwhile.
    as: ({ flags = [], ...rest } = {}) =>
      serve('as', { ...rest, flags: ['--code-seconds', '600', ...flags] }),
    rs: (issuer, { flags = [], ...rest } = {}) =>
      serve('rs', { ...rest, flags: ['--auth-server', issuer, ...flags] }),
    network: (options) => {
      const network = createNetwork(options);
      ends.push(() => network.close());
      return network;
    },
    folder: () => {
      const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-demo-fault-'));
      ends.push(() => rmSync(folder, { recursive: true, force: true }));
      return folder;
    },
    atEnd: (end) => void ends.push(end),
  };
}

/** A port that was free a moment ago, on both loopback addresses. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, done));
  const bound = server.address();
  await new Promise((done) => server.close(done));
  if (bound === null || typeof bound === 'string') throw new Error('not bound');
  return bound.port;
}

/** So long a test waits, in milliseconds, before it looks again. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}
