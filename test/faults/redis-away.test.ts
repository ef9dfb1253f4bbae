import { expect, it } from 'vitest';
import { createLedger, createPerson, inParallel, persist } from '../../scripts/load/person.js';
import { describeWithRedisServer, startRedis } from '../support/redis.js';
import { faultsIn } from './support/losses.js';
import { pause, startedHere } from './support/servers.js';

// Time budget: 60 seconds.

const started = startedHere();
/** So long, in milliseconds, a request may take while Redis is away. */
const PATIENCE = 6000;

/** Redis, both servers, and somebody with tokens. */
async function servers() {
  // It writes down what it answers for, as one must that is to lose nothing when it is stopped.
  const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  started.atEnd(() => redis.remove());
  const as = await started.as({ flags: ['--store', redis.url] });
  const rs = await started.rs(as.issuer);
  const network = started.network();
  const ledger = createLedger();
  const person = createPerson({ issuer: as.issuer, resource: rs.resource, network, ledger });
  const client = await person.register();
  const grant = await person.flow(client, { refreshes: 1, revokes: false });
  return { redis, as, rs, network, ledger, person, client, grant };
}

describeWithRedisServer('Redis that', () => {
  it.each([
    {
      fault: 'hangs (SIGSTOP)',
      begin: async (redis) => redis.pause(),
      end: async (redis) => redis.resume(),
    },
    {
      fault: 'is stopped',
      begin: (redis) => redis.stop('SIGTERM'),
      end: (redis) => redis.start(),
    },
    {
      fault: 'is killed',
      begin: (redis) => redis.stop('SIGKILL'),
      end: (redis) => redis.start(),
    },
  ] satisfies readonly {
    fault: string;
    begin: (redis: Awaited<ReturnType<typeof startRedis>>) => Promise<void>;
    end: (redis: Awaited<ReturnType<typeof startRedis>>) => Promise<void>;
  }[])('$fault is told of with 503 in time, and is found again without a restart', async ({ begin, end }) => {
    const { redis, as, rs, network, ledger, person, client, grant } = await servers();
    const { issuer } = as;
    const ask = async (url: string | URL, sending: Parameters<typeof network.send>[2] = {}) => {
      const since = performance.now();
      const { status, headers, text } = await network.send('ask', url, sending);
      return {
        status,
        retryAfter: Number(headers['retry-after']),
        text,
        inTime: performance.now() - since < PATIENCE,
      };
    };
    const away = { status: 503, inTime: true, retryAfter: expect.any(Number) };
    const { client_id } = client;

    await begin(redis);
    const answers = await Promise.all([
      ask(`${issuer}/register`, { method: 'POST', json: { redirect_uris: ['http://127.0.0.1/'] } }),
      ask(`${issuer}/token`, {
        method: 'POST',
        form: { grant_type: 'refresh_token', client_id, refresh_token: 'x' },
      }),
      ask(`${issuer}/revoke`, { method: 'POST', form: { client_id, token: 'x' } }),
      ask(`${issuer}/introspect`, {
        method: 'POST',
        form: { token: 'x' },
        headers: { authorization: `Basic ${btoa('demo-rs:demo-rs-secret')}` },
      }),
    ]);
    expect(answers).toMatchObject(answers.map(() => away));
    expect(answers.every(({ retryAfter }) => retryAfter > 0)).toBe(true);
    expect(answers.map(({ text }) => JSON.parse(text))).toMatchObject(
      answers.map(() => ({ error: 'temporarily_unavailable' })),
    );
    const page = await ask(`${issuer}/authorize?client_id=${client_id}`, {
      headers: { accept: 'text/html' },
    });
    expect(page).toMatchObject({ ...away, text: expect.stringContaining('<html') });
    expect(page.text).toContain('try again');
    expect(await ask(`${issuer}/readyz`)).toMatchObject({
      status: 503,
      text: expect.stringContaining('store_unavailable'),
    });
    expect(await ask(`${issuer}/healthz`)).toMatchObject({ status: 200 });
    const call = await ask(rs.resource, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${grant.access[0]}`,
        accept: 'application/json, text/event-stream',
      },
      json: { jsonrpc: '2.0', id: 1, method: 'ping' },
    });
    expect(call).toMatchObject(away);

    await end(redis);
    await expect.poll(async () => (await ask(`${issuer}/readyz`)).status).toBe(200);
    expect(await persist(() => person.callTool(grant))).toContain('"result"');
    await person.flow(await person.register());
    expect(await faultsIn(ledger, person)).toEqual([]);
    expect([as.child.exitCode, rs.child.exitCode]).toEqual([null, null]);
    const told = as.events().map(({ kind }) => kind);
    expect(told.filter((kind) => kind === 'store.unavailable')).toHaveLength(1);
  });

  it('goes away and comes back under load: every flow gets through, and nothing is lost', async () => {
    const { redis, as, rs, network, ledger, person } = await servers();
    let through = 0;
    let outages = 0;
    const fault = async (begin: () => Promise<void> | void, end: () => Promise<void> | void) => {
      await begin();
      await pause(1000);
      await end();
    };
    const faults: Promise<void>[] = [];
    await inParallel(Array.from({ length: 100 }), 16, async () => {
      const { issuer } = as;
      const someone = createPerson({ issuer, resource: rs.resource, network, ledger });
      const onOutage = () => void (outages += 1);
      const client = await persist(() => someone.register(), { onOutage });
      await persist(() => someone.flow(client, { revokes: through % 2 === 0 }), { onOutage });
      through += 1;
      if (through === 20) faults.push(fault(redis.pause, redis.resume));
      if (through === 50) faults.push(fault(redis.stop, redis.start));
    });
    await Promise.all(faults);
    expect(outages).toBeGreaterThan(0);
    expect(await faultsIn(ledger, person)).toEqual([]);
    expect(as.child.exitCode).toBeNull();
  });
});
