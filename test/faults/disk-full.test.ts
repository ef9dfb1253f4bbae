import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLedger, createPerson, inParallel, isOutage, persist } from '../../scripts/load/person.js';
import { startUnder } from '../support/cli.js';
import { faultsIn } from './support/losses.js';
import { startedHere } from './support/servers.js';

// Time budget: 20 seconds.

const started = startedHere();

/** No file of the process grows beyond so many blocks of 512 or 1024 bytes; a write beyond that fails, as on a full disk. */
const BLOCKS = 800;
const LIMITED = ['sh', '-c', `trap '' XFSZ; ulimit -f ${BLOCKS}; exec "$@"`, 'sh'] as const;

describe('a disk that is full', () => {
  it('is told of with 503, loses nothing that was acknowledged, and is over once there is room', async () => {
    const store = `sqlite:${join(started.folder(), 'oauth.db')}`;
    const as = await started.as({
      flags: ['--store', store],
      by: (args, options) => startUnder(LIMITED, args, options),
    });
    const network = started.network();
    const ledger = createLedger();
    const person = createPerson({ issuer: as.issuer, network, ledger });
    const failures: unknown[] = [];
    for (let round = 0; round < 60 && failures.length === 0; round += 1) {
      await inParallel(Array.from({ length: 40 }), 16, async () => {
        await person.register().catch((error: unknown) => void failures.push(error));
      });
    }
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.filter((error) => !isOutage(error))).toEqual([]);
    expect(failures[0]).toMatchObject({ status: 503, retryAfter: expect.any(Number) });
    expect(as.events().filter(({ kind }) => kind === 'store.unavailable').length).toBeGreaterThan(0);
    expect(as.child.exitCode).toBeNull();
    // What is there can still be read.
    await person.readRegistration(ledger.registrations[0]!);

    await as.stop('SIGTERM');
    const roomy = await started.as({ flags: ['--store', store], port: as.port });
    await persist(() => person.flow(ledger.registrations[0]!, { callsTool: false, revokes: false }));
    expect(await faultsIn(ledger, person)).toEqual([]);
    expect(roomy.child.exitCode).toBeNull();
  });
});
