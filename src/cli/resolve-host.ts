import { lookup } from 'node:dns/promises';
import { orAborted } from '../shared/http/or-aborted.js';

/** A name server that takes longer leaves the question open. */
const MAX_MILLISECONDS = 3000;

/**
 * Looks up the addresses of host names as the system does, each name once.
 *
 * @returns a function that gives none where a name is unknown, or only a proxy knows it
 */
export function createHostResolver(): (hostname: string) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  return (hostname) => {
    const asked = known.get(hostname) ?? addressesOf(hostname);
    known.set(hostname, asked);
    return asked;
  };
}

async function addressesOf(hostname: string): Promise<readonly string[]> {
  try {
    const found = lookup(hostname, { all: true });
    const addresses = await orAborted(found, AbortSignal.timeout(MAX_MILLISECONDS));
    return addresses.map(({ address }) => address);
  } catch {
    return [];
  }
}
