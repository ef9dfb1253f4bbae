import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore, StoreUnavailableError } from '../../src/as/index.js';
import { parseRedisUrl } from '../../src/as/store/redis/redis-url.js';
import { systemClock } from '../../src/shared/clock.js';
import { ConfigurationError } from '../../src/shared/configuration-error.js';
import { fences } from '../docs/fences.js';
import { describeWithRedisServer, freePort, startRedis } from '../support/redis.js';
import { openedRedis } from '../support/redis-store.js';

const opened = async (store: string) => {
  const found = await openStore({ store, issuer: 'https://as.example', clock: systemClock });
  onTestFinished(() => found.close());
  return found;
};

describe('the URL of a Redis', () => {
  it.each([
    ['redis://h', { kind: 'single', tls: false, hosts: [{ host: 'h', port: 6379 }], database: 0 }],
    [
      'rediss://u:p%40ss@h:7000/3',
      { tls: true, credentials: { username: 'u', password: 'p@ss' }, database: 3 },
    ],
    ['redis://:p@[::1]:7000', { credentials: { password: 'p' }, hosts: [{ host: '::1', port: 7000 }] }],
    [
      'rediss-cluster://a,b:7001',
      {
        kind: 'cluster',
        tls: true,
        hosts: [
          { host: 'a', port: 6379 },
          { host: 'b', port: 7001 },
        ],
      },
    ],
    [
      'redis-sentinel://u:p@a,b/main/2?sentinel-user=su&sentinel-password=sp',
      {
        kind: 'sentinel',
        hosts: [
          { host: 'a', port: 26379 },
          { host: 'b', port: 26379 },
        ],
        masterName: 'main',
        database: 2,
        credentials: { username: 'u', password: 'p' },
        sentinelCredentials: { username: 'su', password: 'sp' },
      },
    ],
  ])('is read: %s', (url, meant) => {
    expect(parseRedisUrl(url)).toMatchObject(meant);
  });

  it.each([
    ['redis://', /is no URL of a Redis/],
    ['redis-ring://h', /is no URL of a Redis/],
    ['redis://user:sec@ret@h', /%40/],
    ['redis://a,b', /several hosts/],
    ['redis://user:secret@h:0', /has a host that is none/],
    ['redis://user:secret@h:70000', /has a host that is none/],
    ['redis://user:secret@h/main', /number of a database/],
    ['redis://user:sec%ret@h', /%25/],
    ['redis-cluster://h/1', /has only 0/],
    ['redis-sentinel://user:secret@h', /needs the name/],
    ['redis://user:secret@h?timeout=1', /parameter/],
  ])('is refused in one line that shows no password: %s', async (url, why) => {
    const failure = await opened(url).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toMatch(why);
    expect(String(failure)).not.toMatch(/sec|\n/);
  });
});

describeWithRedisServer('a store in Redis, when it is opened,', () => {
  it('is not there if nobody answers', { timeout: 20_000 }, async () => {
    const url = `redis://user:secret@127.0.0.1:${await freePort()}`;
    const failure = await opened(url).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(String(failure)).toMatch(/cannot be reached: connect ECONNREFUSED/);
    expect(String(failure)).not.toContain('secret');
  });

  it('waits for a Redis that is being started', { timeout: 20_000 }, async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    await redis.stop();
    const opening = opened(redis.url);
    await redis.start();
    expect((await opening).lasting).toBe(true);
  });

  it('says which password, database or kind of Redis is wrong', async () => {
    const redis = await startRedis(['--requirepass', 'right']);
    onTestFinished(() => redis.remove());
    const at = `127.0.0.1:${redis.port}`;
    const refusal = (url: string) =>
      opened(url).then(
        () => 'opened',
        (error: unknown) => (error instanceof ConfigurationError ? error.message : String(error)),
      );
    expect(await refusal(`redis://${at}`)).toMatch(/asks for a password/);
    expect(await refusal(`redis://:wrong@${at}`)).toMatch(/does not know this user/);
    expect(await refusal(`redis://:right@${at}/99`)).toMatch(/no database of this number/);
    expect(await refusal(`redis-cluster://:right@${at}`)).toMatch(/is no cluster/);
    expect(await refusal(`redis-sentinel://${at}/main?sentinel-password=right`)).toMatch(/is no sentinel/);
    expect(await refusal(`redis://:right@${at}`)).toBe('opened');
  });

  it('does with the rights that the documents give it, and with none less', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    const rights = fences()
      .find(({ text }) => text.includes('ACL SETUSER'))
      ?.text.replace(/\\\n/g, ' ')
      .trim()
      .split(/\s+/)
      .slice(1)
      .map((word) => word.replaceAll("'", ''));
    expect(rights).toBeDefined();
    await redis.cli(...(rights ?? []));
    const url = `redis://mcp-oauth-demo:a-long-password@127.0.0.1:${redis.port}`;
    const store = await openedRedis(url);
    await store.list('grant', {});
    await store.put('interaction', 'i', { browser_hash: 'h' }, systemClock.now() + 60);
    expect(await store.trim('interaction', 0)).toBe(1);
    await store.close();
    for (const right of (rights ?? []).filter((word) => word.startsWith('+') && word !== '+scan')) {
      await redis.cli('acl', 'setuser', 'mcp-oauth-demo', `-${right.slice(1)}`);
      // Else EVAL would not be needed.
      await redis.cli('script', 'flush');
      await expect(opened(url), right).rejects.toThrow(/its ACL does not allow/);
      await redis.cli('acl', 'setuser', 'mcp-oauth-demo', right);
    }
  });

  it('is told where it is, without the password', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.remove());
    await redis.cli('acl', 'setuser', 'somebody', 'on', '>a-long-password', '~*', '+@all');
    const { place } = await opened(`redis://somebody:a-long-password@127.0.0.1:${redis.port}`);
    expect(place).toBe(`the Redis at 127.0.0.1:${redis.port}`);
  });

  it('warns of a Redis that is set up to lose records, and of no other', async () => {
    const redis = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
    onTestFinished(() => redis.remove());
    const warnings = async () => (await opened(redis.url)).warnings;
    expect(await warnings()).toEqual([
      expect.stringMatching(/maxmemory-policy allkeys-lru.*set maxmemory-policy noeviction/),
      expect.stringMatching(/keeps nothing over its own end: set appendonly yes/),
    ]);
    await redis.cli('config', 'set', 'maxmemory-policy', 'noeviction');
    await redis.cli('config', 'set', 'save', '3600 1');
    expect(await warnings()).toEqual([expect.stringMatching(/snapshots only/)]);
    await redis.cli('config', 'set', 'appendonly', 'yes');
    expect(await warnings()).toEqual([]);
    await redis.cli('acl', 'setuser', 'default', '-config', '-info');
    expect(await warnings()).toEqual([]);
  });
});
