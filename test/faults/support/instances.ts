import { createPerson, type Ledger, type Person } from '../../../scripts/load/person.js';
import type { Network } from '../../../scripts/load/network.js';
import type { Restartable, Started } from './servers.js';
import { PASSWORD, writeUsers } from './users.js';

/** Several authorization servers that are one to their clients. */
export interface Instances {
  readonly issuer: string;
  readonly instances: Restartable[];
  /** somebody with a name and a password of their own */
  person(index: number, network: Network, ledger?: Ledger, resource?: string): Person;
}

/** With what a resource server introspects there. */
export const INTROSPECTION = { id: 'the-rs', secret: 'the-secret-of-the-rs' };

/**
 * Starts two authorization servers under one issuer, on one store.
 *
 * @param issuer where their clients find them: a proxy, or nothing at all
 * @param flags for both
 */
export async function startInstances(
  started: Started,
  issuer: string,
  flags: readonly string[],
): Promise<Instances> {
  const names = Array.from({ length: 100 }, (_, index) => `user-${index}`);
  const users = writeUsers(started.folder(), names);
  const credentials = ['--rs-credentials', `${INTROSPECTION.id}:${INTROSPECTION.secret}`];
  // All clients of these tests have one address.
  const where = ['--host', '127.0.0.1', '--public-url', issuer, '--users', users, '--no-rate-limit'];
  const all = { flags: [...where, ...credentials, ...flags] };
  return {
    issuer,
    instances: await Promise.all([started.as(all), started.as(all)]),
    person: (index, network, ledger, resource) =>
      createPerson({
        issuer,
        network,
        ...(ledger && { ledger }),
        ...(resource !== undefined && { resource }),
        username: names[index % names.length]!,
        password: PASSWORD,
        introspection: INTROSPECTION,
      }),
  };
}
