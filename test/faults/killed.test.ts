import { expect, it } from 'vitest';
import { NoAnswer } from '../../scripts/load/network.js';
import { createLedger, createPerson, inParallel, persist } from '../../scripts/load/person.js';
import { faultsIn } from './support/losses.js';
import { startedHere } from './support/servers.js';
import { LASTING_STORES } from './support/stores.js';

// Time budget: 30 seconds for each store.

const started = startedHere();
const FLOWS = 200;
/** After so many flows the server is killed. */
const KILLED_AFTER = [40, 90, 140];

for (const store of LASTING_STORES) {
  store.describe(
    `kill -9 of the authorization server in the middle of ${FLOWS} flows, on ${store.name}`,
    () => {
      it('loses nothing that was acknowledged, and accepts no code or refresh token twice', async () => {
        let as = await started.as({ flags: ['--store', await store.open(started)] });
        const network = started.network();
        const ledger = createLedger();
        const { issuer } = as;
        const steps: string[] = [];
        const people = Array.from({ length: FLOWS }, () =>
          createPerson({ issuer, network, ledger, observe: (step) => void steps.push(step) }),
        );
        let through = 0;
        const cut: string[] = [];
        const kills: Promise<void>[] = [];
        const onOutage = (error: unknown) => {
          if (error instanceof NoAnswer && error.code !== 'ECONNREFUSED') cut.push(error.step);
        };
        await inParallel(people, 32, async (person, index) => {
          const client = await persist(() => person.register(), { onOutage });
          const course = { refreshes: 2, revokes: index % 2 === 0, callsTool: false };
          await persist(() => person.flow(client, course), { onOutage });
          through += 1;
          if (KILLED_AFTER.includes(through)) kills.push(as.restart().then((next) => void (as = next)));
        });
        await Promise.all(kills);
        expect(kills).toHaveLength(KILLED_AFTER.length);
        // The kill has met what it was to meet: requests under way, of more kinds than one.
        expect(new Set(cut).size).toBeGreaterThan(1);
        expect(ledger.grants.filter(({ revocation }) => revocation === 'done').length).toBeGreaterThan(50);

        // Once more, with nothing under way: not even the sessions of the browsers are gone.
        as = await as.restart();
        steps.length = 0;
        const [first] = people;
        await first!.authorize(await first!.register());
        expect(steps).toContain('consent');
        expect(steps).not.toContain('login');
        expect(await faultsIn(ledger, first!)).toEqual([]);
      });
    },
  );
}
