import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { type ClientRequest, request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nginxConfiguration } from '../deployment/nginx.js';
import {
  commandOf,
  freePort,
  isInstalled,
  makeSecrets,
  readDeployment,
  readVariables,
  temporaryFolder,
  withValues,
  written,
} from '../deployment/support.js';
import { type Certificate, certificateForLoopback } from '../support/certificate.js';
import { type Listening, listening, run, start } from '../support/cli.js';

/** Two, since one user name is looked at for one sign-in at a time. */
const USERS = ['alice', 'bob'].map((name) => ({ name, password: `correct-horse-of-${name}` }));
type User = (typeof USERS)[number];

const installed = ['nginx', 'redis-server'].filter(isInstalled).length === 2;
if (!installed) console.log('Skipped: the deployment as a whole, as nginx or redis-server is not installed');

describe.skipIf(!installed)(
  'two authorization servers, two MCP servers, Redis and nginx, by the files of the deployment',
  () => {
    const folder = temporaryFolder();
    const processes: ChildProcess[] = [];
    const servers: Record<string, Listening & { readonly port: number }> = {};
    let certificate: Certificate;
    let ports: { plain: number; as: number; mcp: number };
    let env: { as: Record<string, string>; rs: Record<string, string> };

    beforeAll(async () => {
      certificate = await certificateForLoopback();
      const free = await Promise.all(Array.from({ length: 8 }, freePort));
      const [redis, plain, as, mcp, as1, as2, rs1, rs2] = free as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      ports = { plain, as, mcp };
      const secrets = makeSecrets(folder.path, USERS[0]!);
      addUser(secrets, makeSecrets(join(folder.path, 'other'), USERS[1]!));
      await startRedis(redis, secrets);

      const names = (text: string) =>
        text
          .replaceAll('https://as.example.com', `https://localhost:${as}`)
          .replaceAll('https://mcp.example.com', `https://localhost:${mcp}`)
          .replace('@redis:6379', `@127.0.0.1:${redis}`)
          .replace('/run/secrets', secrets);
      const variables = (file: string) =>
        Object.fromEntries(
          Object.entries(readVariables(join(secrets, file))).map(([name, value]) => [name, names(value)]),
        );
      env = { as: variables('as.env'), rs: variables('rs.env') };
      env.rs['NODE_EXTRA_CA_CERTS'] = written(folder.path, 'ca.pem', certificate.cert);

      const serve = async (name: string, port: number, environment: Record<string, string>) => {
        const args = withValues(commandOf(name).map(names), {
          host: '127.0.0.1',
          port: String(port),
          'trust-proxy': 'loopback',
        });
        const running = start(args, { env: environment });
        processes.push(running.child);
        servers[name] = { ...(await listening(running)), port };
      };
      await serve('as-1', as1, env.as);
      await serve('as-2', as2, env.as);
      await serve('rs-1', rs1, env.rs);
      await serve('rs-2', rs2, env.rs);

      const configuration = nginxConfiguration({
        folder: folder.path,
        certificate,
        ports,
        upstreams: { as: [as1, as2].map(on127), mcp: [rs1, rs2].map(on127) },
        unlimited: '127.0.0.0/8',
      });
      spawned('nginx', ['-p', folder.path, '-c', configuration]);
      await answers(mcp);
      // As a balancer does: the MCP servers began before nginx was there, and have to look for the others once more.
      await Promise.all([as1, as2, rs1, rs2].map(isReady));
    });

    afterAll(async () => {
      await Promise.all(
        processes.map((child) => {
          if (child.exitCode !== null || child.signalCode !== null) return undefined;
          const ended = once(child, 'exit');
          // nginx takes its workers along at SIGTERM only; the others have nothing to lose.
          child.kill('SIGTERM');
          void setTimeout(5000, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
          return ended;
        }),
      );
      folder.remove();
    });

    function spawned(program: string, args: readonly string[]): void {
      processes.push(spawn(program, args, { stdio: 'ignore' }));
    }

    async function startRedis(port: number, secrets: string): Promise<void> {
      const data = join(folder.path, 'data');
      mkdirSync(data);
      const configuration = readDeployment('redis.conf')
        .replace('dir /data', `dir ${data}`)
        .replace('/run/secrets/redis.acl', join(secrets, 'redis.acl'))
        .replace('bind * -::*', 'bind 127.0.0.1');
      spawned('redis-server', [written(folder.path, 'redis.conf', configuration), '--port', String(port)]);
      await answers(port);
    }

    /** A whole flow of a client that nobody knows: registration, sign-in, consent, token, call, refresh, revocation. */
    const flow = async (user: User) => {
      const login = ['--headless', '--username', user.name, '--password', user.password];
      const args = [
        'inspect-flow',
        `https://localhost:${ports.mcp}/mcp`,
        '--json',
        '--refresh',
        '--revoke',
        ...login,
      ];
      const { code, stdout, stderr } = await run(args, {
        env: { NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem') },
      });
      const { outcome, registration } = JSON.parse(stdout || '{}') as {
        outcome?: string;
        registration?: { route?: string };
      };
      return { code, outcome, route: registration?.route, stderr };
    };
    const COMPLETED = { code: 0, outcome: 'completed', route: 'dcr' };

    /** How often each server was sent a request that it answered. */
    const answered = () => {
      const log = readFileSync(join(folder.path, 'access.log'), 'utf8');
      return (name: string) => log.split(` 127.0.0.1:${servers[name]!.port} `).length - 1;
    };

    it('let whole flows through, in which each server has its share', async () => {
      for (let round = 0; round < 2; round += 1) {
        const flows = await Promise.all(USERS.map(flow));
        for (const one of flows) expect(one, one.stderr).toMatchObject(COMPLETED);
      }
      for (const name of ['as-1', 'as-2', 'rs-1', 'rs-2']) expect(answered()(name), name).toBeGreaterThan(5);
    });

    it('write neither token nor code nor query into the log of nginx', () => {
      const log = readFileSync(join(folder.path, 'access.log'), 'utf8');
      expect(log).toContain('"GET /authorize"');
      expect(log).not.toMatch(/[?]|code=|Bearer/);
    });

    const { get, post } = clientOf(() => certificate);

    it('answer for their names only, and by https only', async () => {
      const unknown = connect({
        port: ports.as,
        host: '127.0.0.1',
        servername: 'elsewhere.example',
        rejectUnauthorized: false,
      });
      await expect(once(unknown, 'secureConnect')).rejects.toThrow();
      expect(await overPlainHttp('GET', ports.plain, '/authorize?a=b')).toMatchObject({
        status: 308,
        location: 'https://localhost/authorize?a=b',
      });
      expect(await overPlainHttp('POST', ports.plain, '/token')).toMatchObject({ status: 403 });
    });

    it('show no metrics, and take no more of a body and of headers than the servers do', async () => {
      expect(await get(ports.as, '/metrics')).toMatchObject({ status: 404 });
      expect(await get(ports.mcp, '/metrics')).toMatchObject({ status: 404 });
      expect(await post(ports.as, '/token', 'a'.repeat(65 * 1024))).toMatchObject({ status: 413 });
      expect(await get(ports.as, '/authorize', { 'x-long': 'a'.repeat(17 * 1024) })).toMatchObject({
        status: 400,
      });
    });

    it('go on when one authorization server is killed, without a failed flow', async () => {
      const before = answered()('as-2');
      await servers['as-1']!.stop('SIGKILL');
      const flows = await Promise.all(USERS.map(flow));
      for (const one of flows) expect(one, one.stderr).toMatchObject(COMPLETED);
      expect(answered()('as-2')).toBeGreaterThan(before);
    });

    it('say to come again when no authorization server is left', async () => {
      await servers['as-2']!.stop('SIGKILL');
      const answer = await get(ports.as, '/.well-known/oauth-authorization-server');
      expect(answer).toMatchObject({ status: 503, retryAfter: '5' });
    });
  },
);

/** Puts the user of other secrets among those of these. */
function addUser(secrets: string, others: string): void {
  const users = [secrets, others].flatMap(
    (from) => JSON.parse(readFileSync(join(from, 'users.json'), 'utf8')) as unknown[],
  );
  chmodSync(join(secrets, 'users.json'), 0o600);
  written(secrets, 'users.json', JSON.stringify(users));
}

const on127 = (port: number) => `127.0.0.1:${port}`;

/** Waits until something listens there. */
async function answers(port: number): Promise<void> {
  const until = performance.now() + 30_000;
  while (!(await isListenedOn(port))) {
    if (performance.now() > until) throw new Error(`nothing listens at ${port}`);
    await setTimeout(50);
  }
}

/** Waits until a server says that it can do its work. */
async function isReady(port: number): Promise<void> {
  const until = performance.now() + 30_000;
  while (!(await fetch(`http://127.0.0.1:${port}/readyz`)).ok) {
    if (performance.now() > until) throw new Error(`the server at ${port} does not become ready`);
    await setTimeout(50);
  }
}

function isListenedOn(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connectPlain(port, '127.0.0.1', () => (socket.destroy(), done(true)));
    socket.once('error', () => done(false));
  });
}

interface Answer {
  readonly status: number | undefined;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
}

function answerTo(sent: ClientRequest, body = ''): Promise<Answer> {
  return new Promise((done, fail) => {
    sent.once('error', fail);
    sent.once('response', (response) => {
      const { location, 'retry-after': retryAfter } = response.headers;
      done({ status: response.statusCode, location, retryAfter });
      response.resume();
    });
    sent.end(body);
  });
}

const overPlainHttp = (method: string, port: number, path: string) =>
  answerTo(plainRequest({ method, port, path, host: '127.0.0.1', headers: { host: 'localhost' } }));

function clientOf(certificate: () => Certificate) {
  const to = (port: number, path: string, method: string, headers: Record<string, string>) =>
    request({
      method,
      port,
      path,
      host: 'localhost',
      family: 4,
      headers,
      ca: certificate().cert,
      allowPartialTrustChain: true,
    });
  return {
    get: (port: number, path: string, headers: Record<string, string> = {}) =>
      answerTo(to(port, path, 'GET', headers)),
    post: (port: number, path: string, body: string) =>
      answerTo(
        to(port, path, 'POST', {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(Buffer.byteLength(body)),
        }),
        body,
      ),
  };
}
