import { openProxyPlaces } from '../../src/cli/proxy-places.js';
import { createProxy, type Proxy } from '../../src/flows/proxy/proxy.js';
import type { RecordedExchange } from '../../src/flows/record/recorded-exchange.js';
import { systemClock } from '../../src/shared/clock.js';
import { globalFetch } from '../../src/shared/http/fetch.js';
import { systemRandom } from '../../src/shared/random.js';
import { systemTicker } from '../../src/shared/ticker.js';

/** A proxy that listens. */
export interface ListeningProxy {
  readonly proxy: Proxy;
  /** URL of the MCP endpoint, for clients */
  readonly resource: string;
  readonly exchanges: readonly RecordedExchange[];
  readonly notes: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy on free ports, with the network of this machine. */
export async function startProxy(target: string): Promise<ListeningProxy> {
  const exchanges: RecordedExchange[] = [];
  const notes: string[] = [];
  const places = await openProxyPlaces({ port: 0 });
  const proxy = createProxy(
    { target, origin: places.origin },
    {
      fetch: globalFetch,
      clock: systemClock,
      milliseconds: () => performance.now(),
      random: systemRandom,
      ticker: systemTicker,
      onExchange: (exchange) => exchanges.push(exchange),
      onNote: (note) => notes.push(note),
      openOrigin: places.openOrigin,
    },
  );
  places.serve(proxy.app);
  return {
    proxy,
    resource: proxy.url,
    exchanges,
    notes,
    async close() {
      await proxy.close();
      await places.close();
    },
  };
}
