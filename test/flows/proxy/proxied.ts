import { createProxy, type Proxy } from '../../../src/flows/proxy/proxy.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { type Fetch, networkOf, type WebApp } from '../../../src/shared/http/fetch.js';
import { systemRandom } from '../../../src/shared/random.js';
import { FLOW_CLOCK, TARGET } from '../support.js';

export const PROXY = 'http://localhost:7411';
export const PROXY_AS = 'http://localhost:7412';

export interface Proxied {
  readonly proxy: Proxy;
  /** the only network that a client has: what is not led to the proxy is unreachable, unless it is in `beyond` */
  readonly fetch: Fetch;
  readonly exchanges: readonly RecordedExchange[];
  readonly notes: readonly string[];
  /** whether the second origin was opened */
  opened(): boolean;
}

/** A proxy in this process in front of a network of servers. */
export function proxied(
  upstream: Fetch,
  target = TARGET,
  beyond: Readonly<Record<string, Pick<WebApp, 'fetch'>>> = {},
): Proxied {
  const exchanges: RecordedExchange[] = [];
  const notes: string[] = [];
  let second: WebApp | undefined;
  const proxy = createProxy(
    { target, origin: PROXY },
    {
      fetch: upstream,
      clock: FLOW_CLOCK,
      milliseconds: () => performance.now(),
      random: systemRandom,
      ticker: () => () => undefined,
      onExchange: (exchange) => exchanges.push(exchange),
      onNote: (note) => notes.push(note),
      openOrigin: async (app) => {
        second = app;
        return PROXY_AS;
      },
    },
  );
  const login: Pick<WebApp, 'fetch'> = {
    async fetch(request, peer) {
      if (second === undefined) throw new TypeError('fetch failed: nothing listens there');
      return second.fetch(request, peer);
    },
  };
  return {
    proxy,
    fetch: networkOf({ [PROXY]: proxy.app, [PROXY_AS]: login, ...beyond }),
    exchanges,
    notes,
    opened: () => second !== undefined,
  };
}
