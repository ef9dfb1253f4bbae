import type { WebApp } from '../../shared/http/fetch.js';
import type { Followed } from '../follow/follow-servers.js';
import { createProxy, type ProxyPorts } from './proxy.js';

/** Where a proxy is reached. */
export interface ProxyListener {
  /** of the MCP server, as `http://localhost:7411` */
  readonly origin: string;
  /** Starts to answer at {@link ProxyListener.origin}. */
  serve(app: Pick<WebApp, 'fetch'>): void;
  /** Serves an app at a second origin, which it returns. */
  openOrigin(app: Pick<WebApp, 'fetch'>): Promise<string>;
  close(): Promise<void>;
}

/** What passes a proxy, as a feed of exchanges. */
export interface ProxyFeed {
  /** Lets clients through until the signal fires. */
  feed(tell: (followed: Followed) => void, signal: AbortSignal): Promise<void>;
  /** what the watching changed or could not see so far, one sentence each; for the trace */
  notes(): readonly string[];
}

/**
 * Makes a proxy in front of an MCP server, whose exchanges can be watched as those that servers of ours record.
 *
 * @param target URL of the MCP server
 * @param say takes what a person is to know of the proxy, a sentence each
 */
export function proxyFeed(
  target: string,
  listener: ProxyListener,
  ports: Omit<ProxyPorts, 'onExchange' | 'onNote' | 'openOrigin'>,
  say: (sentence: string) => void,
): ProxyFeed {
  let take: (followed: Followed) => void = () => undefined;
  const proxy = createProxy(
    { target, origin: listener.origin },
    {
      ...ports,
      openOrigin: listener.openOrigin,
      onExchange: (exchange) => take({ type: 'exchange', exchange, old: false }),
      onNote: (note) => say(`From the next attempt on, ${note}.`),
    },
  );
  return {
    notes: proxy.notes,
    async feed(tell, signal) {
      take = tell;
      try {
        const found = await proxy.discover();
        listener.serve(proxy.app);
        say(`Give your client ${proxy.url} for ${target}: what it does there is watched.`);
        say(
          found === undefined
            ? `${target} names no authorization server that can be read now; it is looked for again when a client asks.`
            : found.shownAs === found.issuer
              ? `Its authorization server ${found.issuer} is not behind this proxy.`
              : `Its authorization server ${found.issuer} is met at ${found.shownAs}.`,
        );
        tell({ type: 'ready' });
        await fired(signal);
      } finally {
        await proxy.close();
        await listener.close();
      }
    },
  };
}

function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
