import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import type { Certificate } from './certificate.js';

/** How long a server may take to start, in milliseconds; the machine may be busy with other tests. */
const START_LIMIT = 20_000;

/** What a Redis with TLS has: its own certificate, and that of the authority whose certificates it trusts itself. */
export interface RedisTls {
  readonly certificate: Certificate;
  readonly authority: Certificate;
}

/** A Redis of our own in a folder of its own, on loopback. */
export interface RedisServer {
  readonly port: number;
  readonly folder: string;
  /** e.g. `redis://127.0.0.1:40123`; `rediss` with TLS, and then there is no port without it */
  readonly url: string;
  /** Starts it again, on the same port and with what it has kept in its folder. */
  start(): Promise<void>;
  /** Ends the process and waits for that; SIGKILL is a crash, SIGTERM an orderly end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Lets it hang: connections stay, nothing is answered. */
  pause(): void;
  resume(): void;
  /** What `redis-cli` prints. */
  cli(...args: readonly string[]): Promise<string>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** The server on PATH; Valkey is one as well. */
const PROGRAM = ['redis-server', 'valkey-server'].find(
  (program) => spawnSync(program, ['--version']).error === undefined,
);

/**
 * Tests that need a Redis that they may stop, restart and configure. Where there is no `redis-server` they are skipped, and
 * say so; in CI that fails.
 */
export function describeWithRedisServer(name: string, tests: () => void): void {
  describeOr(PROGRAM === undefined && 'there is no redis-server on the PATH', name, tests);
}

/** Tests that any Redis will do for: one of our own, or that of REDIS_URL. */
export function describeWithRedis(name: string, tests: () => void): void {
  const missing = PROGRAM === undefined && process.env['REDIS_URL'] === undefined;
  describeOr(
    missing && 'there is neither a redis-server on the PATH nor a URL of one in REDIS_URL',
    name,
    tests,
  );
}

function describeOr(missing: string | false, name: string, tests: () => void): void {
  if (missing === false) {
    describe(name, tests);
  } else if (process.env['CI']) {
    it(name, () => {
      throw new Error(`${missing}, and in CI nothing is skipped`);
    });
  } else {
    console.warn(`skipped, as ${missing}: ${name}`);
    describe.skip(`${name} (skipped: ${missing})`, tests);
  }
}

/** The Redis of REDIS_URL, else one of our own. Others may use it too: take a prefix that nobody has. */
export async function anyRedis(): Promise<{ readonly url: string; remove(): Promise<void> }> {
  const url = process.env['REDIS_URL'];
  return url === undefined ? startRedis() : { url, remove: async () => undefined };
}

/**
 * Starts a Redis that keeps nothing, unless the settings say otherwise.
 *
 * @param settings in the form of its command line: `['--appendonly', 'yes']`
 * @param config the text of a configuration file that it may write to
 * @param tls for one that speaks nothing else, to others like it neither
 */
export async function startRedis(
  settings: readonly string[] = [],
  config = '',
  tls?: RedisTls,
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  const port = await freePort();
  const where = ['--bind', '127.0.0.1', '--dir', folder, ...listening(port, folder, tls)];
  const file = join(folder, 'redis.conf');
  writeFileSync(file, config);
  const args = [file, ...where, '--save', '', '--appendonly', 'no', ...settings];
  let child = await started(args);
  const stop = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    // One that hangs would not notice.
    if (signal !== 'SIGKILL') child.kill('SIGCONT');
    await ended;
  };
  return {
    port,
    folder,
    url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    start: async () => void (child = await started(args)),
    stop,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    cli: (...command) => redisCli(...cliTls(tls, folder), '-p', String(port), ...command),
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where it listens; for TLS its files are written. */
function listening(port: number, folder: string, tls: RedisTls | undefined): readonly string[] {
  if (tls === undefined) return ['--port', String(port)];
  const file = (name: string, pem: string) => {
    writeFileSync(join(folder, name), pem);
    return join(folder, name);
  };
  const settings = {
    port: '0',
    'tls-port': String(port),
    'tls-cert-file': file('cert.pem', tls.certificate.cert),
    'tls-key-file': file('key.pem', tls.certificate.key),
    'tls-ca-cert-file': file('ca.pem', tls.authority.cert),
    'tls-auth-clients': 'no',
    'tls-replication': 'yes',
    'tls-cluster': 'yes',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

/** What `redis-cli` needs besides for a Redis with TLS, whose files are in this folder. */
export function cliTls(tls: RedisTls | undefined, folder: string): readonly string[] {
  return tls === undefined ? [] : ['--tls', '--cacert', join(folder, 'ca.pem')];
}

/** Runs `redis-cli`; what is not an answer of the server is an error. */
export async function redisCli(...args: readonly string[]): Promise<string> {
  const program = PROGRAM === 'valkey-server' ? 'valkey-cli' : 'redis-cli';
  const { stdout } = await promisify(execFile)(program, [...args], { timeout: START_LIMIT });
  return stdout.trim();
}

/** A port that was free a moment ago: Redis cannot choose one itself. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail()));
    });
  });
}

function started(args: readonly string[]): Promise<ChildProcess> {
  if (PROGRAM === undefined) throw new Error('there is no redis-server on the PATH');
  const child = spawn(PROGRAM, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  // It would outlive a test run that crashes.
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  child.once('exit', () => process.off('exit', orphaned));
  return new Promise((done, fail) => {
    let printed = '';
    const late = setTimeout(
      () => (child.kill('SIGKILL'), fail(new Error(`not ready:\n${printed}`))),
      START_LIMIT,
    );
    const onOutput = (text: string) => {
      printed = (printed + text).slice(-10_000);
      if (!/Ready to accept connections|Sentinel ID is/.test(printed)) return;
      clearTimeout(late);
      done(child);
    };
    child.stdout.setEncoding('utf8').on('data', onOutput);
    child.stderr.setEncoding('utf8').on('data', onOutput);
    child.once('error', fail);
    child.once('exit', (code) => (clearTimeout(late), fail(new Error(`ended with ${code}:\n${printed}`))));
  });
}
