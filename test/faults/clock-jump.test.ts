import { describe, expect, it } from 'vitest';
import { UnexpectedAnswer } from '../../scripts/load/network.js';
import { createLedger, createPerson, type HeldGrant, type Person } from '../../scripts/load/person.js';
import { postMcp } from '../support/cli.js';
import { describeWithClocks, fakeClock } from './support/clocks.js';
import { faultsIn } from './support/losses.js';
import { startedHere } from './support/servers.js';
import { LASTING_STORES, type LastingStore } from './support/stores.js';
import { PASSWORD, writeUsers } from './support/users.js';

// Time budget: 60 seconds.

const started = startedHere();
const DAY = 24 * 3600;
const CREDENTIALS = { id: 'the-rs', secret: 'the-secret-of-the-rs' };

const MEMORY: LastingStore = {
  name: 'memory',
  describe: (name, tests) => void describe(name, tests),
  open: async () => 'memory',
};

/** An authorization server whose clock can be set, with a user who has a password. */
async function startAs(store: string) {
  const folder = started.folder();
  const clock = fakeClock(folder);
  const users = writeUsers(folder, ['alice']);
  const credentials = ['--rs-credentials', `${CREDENTIALS.id}:${CREDENTIALS.secret}`];
  const as = await started.as({
    flags: ['--store', store, '--users', users, ...credentials],
    env: clock.env,
  });
  const network = started.network();
  const ledger = createLedger();
  const person = (password = PASSWORD) =>
    createPerson({
      issuer: as.issuer,
      network,
      ledger,
      username: 'alice',
      password,
      introspection: CREDENTIALS,
    });
  return { as, clock, ledger, person };
}

/** Whether all is refused that this grant has used up. */
async function isUsedUp(person: Person, grant: HeldGrant): Promise<boolean> {
  const attempts = [
    () => person.redeem(grant),
    ...grant.refresh
      .filter(({ state }) => state === 'used')
      .map((token) => () => person.refresh(grant, token)),
  ];
  for (const attempt of attempts) {
    const refused = await attempt().then(
      () => false,
      (error: unknown) => error instanceof UnexpectedAnswer && error.status === 400,
    );
    if (!refused) return false;
  }
  return true;
}

describeWithClocks('the clock of the authorization server', () => {
  for (const store of [MEMORY, ...LASTING_STORES]) {
    store.describe(`on ${store.name}`, () => {
      it('jumps a day ahead and back: nothing that was used is good again, and what is to last lasts', async () => {
        const { as, clock, ledger, person } = await startAs(await store.open(started));
        const alice = person();
        const client = await alice.register();
        const course = { refreshes: 1, callsTool: false };
        const kept = await alice.flow(client, { ...course, revokes: false });
        const revoked = await alice.flow(client, course);
        const used = await alice.flow(client, { ...course, revokes: false });

        clock.set(DAY);
        expect(await alice.introspect(kept)).toBe(false);
        await alice.refresh(kept);
        expect(await alice.introspect(kept)).toBe(true);
        const tomorrow = await alice.flow(client, { ...course, revokes: false });
        expect(await isUsedUp(alice, used)).toBe(true);

        clock.set(0);
        expect(await isUsedUp(alice, used)).toBe(true);
        expect(await alice.introspect(revoked)).toBe(false);
        expect(await alice.introspect(tomorrow)).toBe(true);
        await person().flow(client, course);
        ledger.grants.splice(ledger.grants.indexOf(used), 1);
        // The first tokens of it have ended at noon tomorrow, so to speak: whether they are active now, nobody was told.
        kept.access.splice(0, 2);
        expect(await faultsIn(ledger, alice)).toEqual([]);
        expect(as.child.exitCode).toBeNull();
      });

      it('jumps a day ahead and back: a user who was slowed down is let in within a minute', async () => {
        const { clock, person } = await startAs(await store.open(started));
        const client = await person().register();
        const statusOf = async (password?: string) => {
          const answer = await person(password)
            .authorize(client)
            .then(
              () => ({ status: 200, retryAfter: 0 }),
              (error: UnexpectedAnswer) => error,
            );
          return { status: answer.status, retryAfter: answer.retryAfter ?? 0 };
        };
        clock.set(DAY);
        const wrong = async () => (await statusOf('a wrong password')).status;
        expect([await wrong(), await wrong(), await wrong()]).toEqual([403, 403, 429]);
        clock.set(0);
        const slowed = await statusOf();
        expect(slowed.status).toBe(429);
        expect(slowed.retryAfter).toBeLessThanOrEqual(60);
        // Redis has a clock of its own, which nobody has touched: there the minute would have to be waited for.
        if (store.name === 'Redis') return;
        clock.set(slowed.retryAfter + 1);
        expect((await statusOf()).status).toBe(200);
      });
    });
  }
});

describeWithClocks('the clock of the MCP server', () => {
  it.each([
    ['introspection', [], []],
    ['introspection and its cache', [], ['--introspection-cache', '2']],
    ['JWTs', ['--token-format', 'jwt'], ['--verify', 'jwt']],
  ])(
    'jumps a day ahead and back: what is refused meanwhile is good again, with %s',
    async (_, asFlags, rsFlags) => {
      const clock = fakeClock(started.folder());
      const as = await started.as({ flags: asFlags });
      const rs = await started.rs(as.issuer, { flags: rsFlags, env: clock.env });
      const network = started.network();
      const person = createPerson({ issuer: as.issuer, resource: rs.resource, network });
      const grant = await person.flow(await person.register(), { revokes: false });
      const token = grant.access.at(-1)!;
      const statusOf = async (method: string) =>
        (await postMcp(rs.resource, token, { jsonrpc: '2.0', id: 1, method })).status;
      expect(await person.callTool(grant)).toContain('"result"');

      clock.set(DAY);
      expect(await statusOf('tools/list')).toBe(401);
      clock.set(0);
      expect(await person.callTool(grant)).toContain('"result"');
      clock.set(-DAY);
      const behind = await statusOf('tools/list');
      expect([200, 400, 401]).toContain(behind);
      clock.set(0);
      expect(await person.callTool(grant)).toContain('"result"');
      // The cache has not forgotten how to forget.
      await person.revoke(grant);
      if (!asFlags.includes('jwt')) {
        await expect.poll(() => statusOf('tools/list')).toBe(401);
      }
      expect(rs.child.exitCode).toBeNull();
    },
  );
});
