import type { Peer } from './peer.js';

/** How anything here reaches the network: the signature of the global `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The network as this process sees it. */
export const globalFetch: Fetch = (input, init) => fetch(input, init);

/** A server in web standards. It owns no socket; `close` ends what it has open (streams, sessions, timers). */
export interface WebApp {
  /** @param peer who sent the request, where that is known: it is watched, and its requests are counted; it is let in by nothing but that */
  fetch(request: Request, peer?: Peer): Promise<Response>;
  close(): Promise<void>;
}

/**
 * A network that exists only in this process: each origin is answered by its app, anything else is unreachable.
 *
 * @param apps from origin (`http://localhost:9000`) to the function that answers for it
 * @returns a `Fetch` that rejects with a `TypeError`, as the global one does, for an origin that nobody answers for
 */
export function networkOf(apps: Readonly<Record<string, Pick<WebApp, 'fetch'>>>): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const app = apps[new URL(request.url).origin];
    if (!app) throw new TypeError(`fetch failed: nothing listens at ${new URL(request.url).origin}`);
    return app.fetch(request);
  };
}
