import type { Clock } from '../../shared/clock.js';
import type { Fetch, WebApp } from '../../shared/http/fetch.js';
import type { Random } from '../../shared/random.js';
import type { Ticker } from '../../shared/ticker.js';
import type { ResolveHost } from '../exchange/reach.js';
import type { RecordedExchange } from '../record/recorded-exchange.js';
import { createForward } from './forward.js';
import { createServers, documentAt } from './servers.js';
import { onlyTheServer } from './rewrite.js';
import { wellKnownUrl } from '../../shared/oauth/well-known.js';
import { viaOf } from './headers.js';

/** Which MCP server a client shall reach, and where. */
export interface ProxyOptions {
  /** URL of the MCP server */
  readonly target: string;
  /** where this proxy is reached, as `http://localhost:7411` */
  readonly origin: string;
}

/** What a proxy needs of the world. */
export interface ProxyPorts {
  readonly fetch: Fetch;
  /** looks up names that servers give, so that none leads to what is near */
  readonly resolve?: ResolveHost | undefined;
  readonly clock: Clock;
  /** since any fixed moment */
  readonly milliseconds: () => number;
  readonly random: Random;
  readonly ticker: Ticker;
  readonly onExchange: (exchange: RecordedExchange) => void;
  /** Serves an app at a second origin of this machine, whose URL it returns; asked once, and only if there is need. */
  readonly openOrigin: (app: WebApp) => Promise<string>;
  /** is told once, when clients are sent to the real authorization server from now on, in a sentence */
  readonly onNote?: (note: string) => void;
}

/** A reverse proxy in front of an MCP server and of the authorization server that it names. */
export interface Proxy {
  /** answers at the origin of the options */
  readonly app: WebApp;
  /** the URL to give to the client */
  readonly url: string;
  /** of this proxy, as its exchanges name it */
  readonly id: string;
  /**
   * Looks which authorization server there is. It need not be called: the first client that asks has the same effect.
   *
   * @returns where it is met; undefined if none is known yet
   */
  discover(): Promise<ProxiedIssuer | undefined>;
  /** what watching changes or can't see at this moment, one sentence each */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** An authorization server behind the proxy. */
export interface ProxiedIssuer {
  readonly issuer: string;
  /** as clients are told; the real one where they are sent there */
  readonly shownAs: string;
}

/** Starts to stand in front of an MCP server; the caller listens. */
export function createProxy({ target, origin }: ProxyOptions, ports: ProxyPorts): Proxy {
  const id = ports.random.token(8);
  const closing = new AbortController();
  const { pathname, origin: upstream } = new URL(target);
  const servers = createServers(
    { target, upstream, local: origin },
    {
      fetch: ports.fetch,
      resolve: ports.resolve,
      signal: closing.signal,
      onOutside: (reason) => ports.onNote?.(onlyTheServer(reason)),
      openOrigin: () =>
        ports.openOrigin({ fetch: (request, peer) => forward.answer('as', request, peer), close }),
    },
  );
  const forward = createForward({
    ...ports,
    id,
    via: viaOf(id),
    target,
    servers,
    signal: closing.signal,
  });
  const stopTicking = ports.ticker(() => forward.tick());
  const close = async () => {
    stopTicking();
    closing.abort();
  };

  return {
    id,
    url: `${origin}${pathname}`,
    app: { fetch: (request, peer) => forward.answer('rs', request, peer), close },
    async discover() {
      for (const identifier of new Set([target, upstream])) {
        const metadata = await documentAt(wellKnownUrl(identifier, 'oauth-protected-resource'), {
          fetch: ports.fetch,
          signal: closing.signal,
        });
        const list = metadata?.['authorization_servers'];
        const first: unknown = Array.isArray(list) ? list[0] : undefined;
        if (typeof first !== 'string') continue;
        if (typeof metadata?.['resource'] === 'string') servers.named(metadata['resource']);
        await servers.meet(first);
        break;
      }
      const { issuer, outside } = servers;
      if (issuer === undefined) return undefined;
      return { issuer, shownAs: outside === undefined ? servers.origins('as').outward(issuer) : issuer };
    },
    notes() {
      const { issuer, outside, resource } = servers;
      const shown = servers.origins('as');
      return [
        `a proxy stood between: ${target} was asked through ${origin}${pathname}`,
        ...(resource === undefined
          ? []
          : [
              `the resource ${resource.upstream} is shown to the client as ${resource.local}, and translated back`,
            ]),
        ...(issuer === undefined || outside !== undefined
          ? []
          : [
              `the issuer ${issuer} is shown to the client as ${shown.outward(issuer)}; iss and aud inside of tokens are the real ones`,
            ]),
        ...(outside === undefined ? [] : [onlyTheServer(outside)]),
      ];
    },
    close,
  };
}
