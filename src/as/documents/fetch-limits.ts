import type { Services } from '../services.js';
import { DocumentError } from './document-fault.js';

/** How many fetches may be under way at once. */
const AT_ONCE = { host: 4, all: 16 };

/** How many may begin within a minute. */
const A_MINUTE = { host: 30, all: 300 };

const WINDOW_SECONDS = 60;

/**
 * Bounds what strangers can make this server fetch: anybody can name a URL at /authorize. Without a bound it would send
 * as many requests to the host in there as somebody likes.
 *
 * @param purpose what the fetches are for; each purpose has limits of its own
 * @returns a function that runs a fetch from a host, or throws a DocumentError `document_busy`
 */
export function createFetchLimits({ store }: Pick<Services, 'store'>, purpose: string) {
  const underWay = new Map<string, number>();
  let total = 0;

  async function begin(host: string): Promise<void> {
    // All hosts first: who makes up names without end makes no counter for each.
    const all = await store.increment(`document-fetches:${purpose}`, WINDOW_SECONDS);
    if (all > A_MINUTE.all) throw new DocumentError('document_busy');
    const ofHost = await store.increment(`document-fetches:${purpose}:${host}`, WINDOW_SECONDS);
    if (ofHost > A_MINUTE.host) throw new DocumentError('document_busy');
  }

  return async function within<T>(host: string, ask: () => Promise<T>): Promise<T> {
    const ofHost = underWay.get(host) ?? 0;
    if (total >= AT_ONCE.all || ofHost >= AT_ONCE.host) throw new DocumentError('document_busy');
    total += 1;
    underWay.set(host, ofHost + 1);
    try {
      await begin(host);
      return await ask();
    } finally {
      total -= 1;
      const left = (underWay.get(host) ?? 1) - 1;
      if (left === 0) underWay.delete(host);
      else underWay.set(host, left);
    }
  };
}
