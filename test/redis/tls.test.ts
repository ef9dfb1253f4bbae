import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Certificate, certificateAuthority, certificateForLoopback } from '../support/certificate.js';
import { listening, ROOT, run, start } from '../support/cli.js';
import { describeWithRedisServer, type RedisServer, type RedisTls, startRedis } from '../support/redis.js';
import { startCluster, startSentinels } from '../support/redis-topology.js';
import { startStoreProcess } from '../support/store-process.js';

const session = { sub: 's', auth_time: 1 };
const LATER = 1_800_000_600;
const asked = { redirect_uris: ['http://127.0.0.1/callback'] };

// Node reads NODE_EXTRA_CA_CERTS when it starts, so whoever is to trust the authority is a process of its own.
describeWithRedisServer('a Redis that speaks TLS only', () => {
  let authority: Certificate;
  let folder: string;
  let trusting: { readonly NODE_EXTRA_CA_CERTS: string };
  let good: RedisTls;

  beforeAll(async () => {
    authority = await certificateAuthority();
    good = { authority, certificate: await certificateForLoopback({ signer: authority }) };
    folder = mkdtempSync(join(tmpdir(), 'redis-tls-'));
    trusting = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    writeFileSync(trusting.NODE_EXTRA_CA_CERTS, authority.cert);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function started(tls?: RedisTls, settings: readonly string[] = []): Promise<RedisServer> {
    const redis = await startRedis(settings, '', tls);
    onTestFinished(() => redis.remove());
    return redis;
  }

  it('is a store that keeps the whole contract', { timeout: 120_000 }, async () => {
    const redis = await started(good);
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const args = ['run', '--project', 'in process', 'test/contract/redis.test.ts', '-t', 'contract: redis '];
    const env = { ...process.env, ...trusting, REDIS_URL: redis.url, NO_COLOR: '1' };
    const { stdout } = await promisify(execFile)(process.execPath, [vitest, ...args], { cwd: ROOT, env });
    expect(Number(/Tests +(\d+) passed/.exec(stdout)?.[1])).toBeGreaterThan(10);
  });

  it(
    'serves an authorization server, which finds it again when it was restarted',
    { timeout: 60_000 },
    async () => {
      const redis = await started(good, ['--appendonly', 'yes']);
      const url = redis.url.replace('127.0.0.1', 'localhost');
      const running = start(['as', '--port', '0', '--log-format', 'json', '--store', url], { env: trusting });
      onTestFinished(async () => void (await running.stop('SIGKILL')));
      const { issuer } = await listening(running);
      const register = () =>
        fetch(`${issuer}/register`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(asked),
        });
      const registered = await register();
      expect(registered.status).toBe(201);
      const { client_id } = (await registered.json()) as { client_id: string };
      await redis.stop();
      const refused = await register();
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('5');
      await redis.start();
      await expect.poll(async () => (await register()).status).toBe(201);
      expect(await redis.cli('--scan', '--pattern', `*#unused_client:${client_id}`)).not.toBe('');
    },
  );

  it.each([
    ['nodes of a cluster', startCluster, /^rediss-cluster:/],
    ['sentinels and their master', startSentinels, /^rediss-sentinel:/],
  ] as const)('is what %s can be', { timeout: 90_000 }, async (_what, startAll, scheme) => {
    const redis = await startAll(good);
    onTestFinished(() => redis.remove());
    expect(redis.url).toMatch(scheme);
    const store = await startStoreProcess(redis.url, undefined, trusting);
    onTestFinished(() => store.kill());
    const ids = Array.from({ length: 12 }, (_, at) => `id-${at}`);
    await store.ask(...ids.map((id) => ['put', 'session', id, session, LATER] as const));
    expect(await store.ask(...ids.map((id) => ['get', 'session', id] as const))).toEqual(
      ids.map(() => ({ value: session })),
    );
    const taken = await store.ask(['take', 'session', 'id-0'], ['take', 'session', 'id-0']);
    expect(taken.filter(({ value }) => value !== undefined)).toEqual([{ value: session }]);
    const [left] = await store.ask(['list', 'session', { sub: 's' }]);
    expect(left?.value).toHaveLength(ids.length - 1);
  });

  /** How a server with this store ends: its code, and what it says. */
  async function endWith(store: string, env: Record<string, string> = trusting) {
    const since = performance.now();
    const { code, stderr } = await run(['as', '--port', '0', '--store', store], { env });
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return { code, stderr };
  }

  it('is not used if nobody that is trusted signed its certificate', async () => {
    const { port } = await started(good);
    for (const kind of ['rediss', 'rediss-cluster'])
      expect(await endWith(`${kind}://127.0.0.1:${port}`, {})).toEqual({
        code: 2,
        stderr: expect.stringMatching(/authority that is not trusted; name the file .* NODE_EXTRA_CA_CERTS/),
      });
    const alone = await certificateForLoopback();
    const other = await started({ authority: alone, certificate: alone });
    expect(await endWith(other.url)).toEqual({
      code: 2,
      stderr: expect.stringContaining('NODE_EXTRA_CA_CERTS (self-signed certificate)'),
    });
  });

  it.each([
    ['another name', { name: 'redis.example' }, /is for another name; .*redis\.example/],
    ['another time', { ended: true }, /has ended, and needs to be renewed/],
  ])('is not used if its certificate is for %s', async (_what, options, says) => {
    const certificate = await certificateForLoopback({ signer: authority, ...options });
    const { url } = await started({ authority, certificate });
    expect(await endWith(url.replace('127.0.0.1', 'localhost'))).toEqual({
      code: 2,
      stderr: expect.stringMatching(says),
    });
  });

  it('says so where it asks its clients for certificates', async () => {
    const { url } = await started(good, ['--tls-auth-clients', 'yes']);
    expect(await endWith(url)).toEqual({
      code: 2,
      stderr: expect.stringContaining('tls-auth-clients no (tlsv13 alert certificate required)'),
    });
  });

  it('and one without TLS are told apart, with the URL to write', { timeout: 60_000 }, async () => {
    const [tls, plain] = await Promise.all([started(good), started()]);
    const ends = (url: string, port: number) => endWith(url.replace('PORT', `127.0.0.1:${port}`));
    const found = await Promise.all([
      ends('redis://PORT', tls.port),
      ends('redis-cluster://PORT', tls.port),
      ends('redis-sentinel://PORT/main', tls.port),
      ends('rediss://PORT', plain.port),
      ends('rediss-cluster://PORT', plain.port),
      ends('rediss-sentinel://PORT/main', plain.port),
    ]);
    const says = (text: string) => ({ code: 2, stderr: expect.stringContaining(text) });
    expect(found.slice(0, 3)).toEqual(Array(3).fill(says('it speaks TLS there: write rediss…')));
    expect(found.slice(3)).toEqual(Array(3).fill(says('it speaks no TLS there: write redis…')));
  });

  it('is waited for where it does not answer, and that is no mistake in the URL', async () => {
    const redis = await started(good);
    await redis.stop();
    expect(await endWith(redis.url)).toEqual({
      code: 1,
      stderr: expect.stringMatching(/cannot be reached: connect ECONNREFUSED/),
    });
  });
});
