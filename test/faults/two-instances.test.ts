import { describe, expect, it } from 'vitest';
import { createLedger, inParallel, persist } from '../../scripts/load/person.js';
import { describeWithRedisServer, startRedis } from '../support/redis.js';
import { type Instances, INTROSPECTION, startInstances } from './support/instances.js';
import { faultsIn } from './support/losses.js';
import { describeWithNginx, type Nginx, startNginx } from './support/nginx.js';
import { freePort, pause, startedHere } from './support/servers.js';
import { LASTING_STORES } from './support/stores.js';

// Time budget: 60 seconds.

const started = startedHere();
const FLOWS = 100;

for (const store of LASTING_STORES) {
  store.describe(`two authorization servers on one store, on ${store.name}`, () => {
    it('are one to their clients, whichever of them a request comes to', async () => {
      const issuer = `http://127.0.0.1:${await freePort()}`;
      const flags = ['--store', await store.open(started)];
      const { instances, person } = await startInstances(started, issuer, flags);
      const via = new Map([[issuer, instances.map(({ port }) => `http://127.0.0.1:${port}`)]]);
      const network = started.network({ via });
      const ledger = createLedger();
      await inParallel(Array.from({ length: FLOWS }), 16, async (_, index) => {
        const someone = person(index, network, ledger);
        await someone.flow(await someone.register(), { revokes: index % 2 === 0, callsTool: false });
      });
      expect(ledger.grants).toHaveLength(FLOWS);
      expect(await faultsIn(ledger, person(0, network))).toEqual([]);
    });

    it('accept a refresh token and a code once, though it is shown to both at the same moment', async () => {
      const issuer = `http://127.0.0.1:${await freePort()}`;
      const flags = ['--store', await store.open(started)];
      const { instances, person } = await startInstances(started, issuer, flags);
      const via = new Map([[issuer, instances.map(({ port }) => `http://127.0.0.1:${port}`)]]);
      const network = started.network({ via });
      const someone = person(0, network);
      const client = await someone.register();
      const successes = async (attempt: () => Promise<unknown>) => {
        const results = await Promise.allSettled(Array.from({ length: 50 }, attempt));
        return results.filter(({ status }) => status === 'fulfilled').length;
      };
      for (let round = 0; round < 3; round += 1) {
        const raced = await someone.authorize(client);
        expect(await successes(() => someone.redeem(raced))).toBe(1);
        const grant = await someone.authorize(client);
        await someone.redeem(grant);
        const [token] = grant.refresh;
        // None, if another one has been told to be a replay, and ended the grant, before the first was answered.
        expect(await successes(() => someone.refresh(grant, token))).toBeLessThanOrEqual(1);
      }
    });
  });
}

describeWithRedisServer('behind nginx, on Redis,', () => {
  describeWithNginx('two authorization servers', () => {
    async function behindNginx(flags: readonly string[] = []): Promise<Instances & { nginx: Nginx }> {
      const redis = await startRedis();
      started.atEnd(() => redis.remove());
      const port = await freePort();
      const issuer = `http://127.0.0.1:${port}`;
      const all = await startInstances(started, issuer, ['--store', redis.url, ...flags]);
      const ports = all.instances.map((instance) => instance.port);
      return { ...all, nginx: await startNginx(started, port, ports) };
    }

    /** The same, and an MCP server that they issue tokens for. */
    async function withResourceServer(asFlags: readonly string[] = [], rsFlags: readonly string[] = []) {
      const port = await freePort();
      const all = await behindNginx(['--resource', `http://localhost:${port}/mcp`, ...asFlags]);
      const credentials = ['--introspection-credentials', `${INTROSPECTION.id}:${INTROSPECTION.secret}`];
      return { ...all, rs: await started.rs(all.issuer, { port, flags: [...credentials, ...rsFlags] }) };
    }

    it('share the steps of each flow', async () => {
      const { instances, person, nginx } = await behindNginx();
      const network = started.network();
      const someone = person(0, network);
      await someone.flow(await someone.register(), { callsTool: false });
      const passedTo = nginx.passedTo();
      const [a, b] = instances.map(({ port }) => `127.0.0.1:${port}`);
      expect(passedTo.length).toBeGreaterThan(8);
      expect(passedTo).toEqual(
        passedTo.map((_, index) => ((passedTo[0] === a) === (index % 2 === 0) ? a : b)),
      );
    });

    it('sign JWTs with the same key', async () => {
      const { issuer, instances, person, rs } = await withResourceServer(
        ['--token-format', 'jwt'],
        ['--verify', 'jwt'],
      );
      const network = started.network();
      const keys = await Promise.all(
        instances.map(async ({ port }) => {
          const headers = { host: new URL(issuer).host };
          const { text } = await network.send('jwks', `http://127.0.0.1:${port}/jwks`, { headers });
          return JSON.parse(text) as { keys: { kid: string }[] };
        }),
      );
      expect(keys[0]).toEqual(keys[1]);
      expect(keys[0]!.keys).toHaveLength(1);
      await inParallel(Array.from({ length: 8 }), 4, async (_, index) => {
        const someone = person(index, network, undefined, rs.resource);
        await someone.flow(await someone.register());
      });
    });

    it('lose one that is killed under load: only what it was working on fails, and all get through', async () => {
      const { instances, person, rs } = await withResourceServer();
      const workers = 16;
      const network = started.network();
      const ledger = createLedger();
      const outages: string[] = [];
      const onOutage = (error: unknown) => void outages.push(String(error));
      const restarts: Promise<unknown>[] = [];
      let through = 0;
      const [, second] = instances;
      await inParallel(Array.from({ length: FLOWS }), workers, async (_, index) => {
        const someone = person(index, network, ledger, rs.resource);
        const client = await persist(() => someone.register(), { onOutage });
        await persist(() => someone.flow(client, { revokes: index % 2 === 0 }), { onOutage });
        through += 1;
        if (through === 30) await second!.stop('SIGKILL');
        if (through === 60) restarts.push(second!.restart());
      });
      await Promise.all(restarts);
      expect(through).toBe(FLOWS);
      // Each worker has one request under way, and each such request may have one more behind it, of the MCP server.
      expect(outages.length).toBeLessThanOrEqual(workers);
      expect(await faultsIn(ledger, person(0, network))).toEqual([]);
    });

    it('are stopped with SIGTERM under load and started again, one after the other, and no request fails', async () => {
      // As long as connections are told to close after their next answer, nginx gives them up by itself.
      const { instances, person, rs } = await withResourceServer(['--drain-seconds', '2']);
      const network = started.network();
      const codes: (number | null)[] = [];
      let isRolling = true;
      const roll = async () => {
        for (const instance of instances) {
          codes.push((await instance.stop('SIGTERM')).code);
          await instance.restart();
          // So long nginx leaves one alone that it could not reach, and some more.
          await pause(1500);
        }
      };
      const rolled = roll().finally(() => (isRolling = false));
      let through = 0;
      const flows = inParallel(Array.from({ length: 8 }), 8, async (_, index) => {
        while (isRolling) {
          const someone = person(index, network, undefined, rs.resource);
          await someone.flow(await someone.register());
          through += 1;
        }
      });
      await Promise.all([rolled, flows]);
      expect(codes).toEqual([0, 0]);
      expect(through).toBeGreaterThan(8);
    });
  });
});

describe('the load client', () => {
  it('finds what is lost: a store in memory does not outlive its process', async () => {
    const as = await started.as();
    const network = started.network();
    const ledger = createLedger();
    const { createPerson } = await import('../../scripts/load/person.js');
    const person = createPerson({ issuer: as.issuer, network, ledger });
    await person.flow(await person.register(), { callsTool: false, revokes: false });
    await as.restart();
    const faults = await faultsIn(ledger, person);
    expect(faults).toContain('a registration is lost');
    expect(faults).toContain('a rotation is lost');
  });
});
