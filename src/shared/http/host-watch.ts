import type { Emit } from '../events/emitter.js';
import { isAddressedToLoopback } from './loopback.js';

/** So many other names are told of, once each; there is no end of names under `.localhost`. */
const MAX_NAMES = 16;

/**
 * Watches by which names a server on loopback is addressed. A page of another site can make its own name resolve to
 * 127.0.0.1 (DNS rebinding), but can't change the name; a tunnel brings its own. Another loopback name is told of.
 *
 * @param url where clients should go: its host is the name that needs no mention
 * @returns a function that says whether a request was addressed to this machine by a loopback name
 */
export function watchHost(url: string, emit: Emit): (request: Request) => boolean {
  const own = new URL(url).host;
  const told = new Set<string>();
  return (request) => {
    if (!isAddressedToLoopback(request)) return false;
    const { host } = new URL(request.url);
    if (host !== own && !told.has(host) && told.size < MAX_NAMES) {
      told.add(host);
      emit({ kind: 'host.other_name', host, use_instead: url }, 'warning');
    }
    return true;
  };
}
