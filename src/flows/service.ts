import { type Clock, systemClock } from '../shared/clock.js';
import type { EmittedEvent, EventSink } from '../shared/events/events.js';
import type { WebApp } from '../shared/http/fetch.js';
import { pathOf } from '../shared/http/path-of.js';
import { type Random, systemRandom } from '../shared/random.js';
import { systemTicker, type Ticker } from '../shared/ticker.js';
import type { LivePages, LiveSite, LiveSource } from './live/live-source.js';
import { fillWatch } from './joined-watch.js';
import { createExchangeLog } from './record/exchange-log.js';
import type { RecordedExchange } from './record/recorded-exchange.js';
import { createRecorder } from './record/recorder.js';
import type { Watch } from './watch/watch.js';
import type { ExchangeFeed } from './watching.js';

/** What is to be watched, and who may look. */
export interface FlowsOptions {
  /** false records nothing and serves nothing */
  readonly flows: boolean;
  /** how many flows are kept */
  readonly history: number;
  /** whoever has it may look from elsewhere than demo mode allows */
  readonly token?: string | undefined;
}

/** How the service reaches the world; most of it has a default. */
export interface FlowsPorts {
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly ticker?: Ticker | undefined;
  /** since any fixed moment */
  readonly milliseconds: () => number;
  /** that moment, in milliseconds since the epoch, if it is known better than to the second */
  readonly since?: number | undefined;
  /** an event in words */
  readonly describe: (event: EmittedEvent) => string;
  /** exchanges of the other server, where it is another process: they are asked for once somebody looks */
  readonly feed?: ExchangeFeed | undefined;
}

/** Where a watched server is, whether it is in demo mode, and what can be done to its clients. */
export interface ServedSite extends Pick<LiveSite, 'demoMode' | 'levers'> {
  readonly places: () => LiveSite['places'];
}

/** Records what reaches the servers of one process, and shows it under `/flows` on each of them. */
export interface FlowsService {
  /** Takes what the servers tell. */
  readonly sink: EventSink;
  /** @returns the app with all of that, or as it is where nobody may look */
  serve(app: WebApp, site: ServedSite): WebApp;
  /**
   * Where to look at what is recorded, on a server.
   *
   * @param url of the server
   * @returns undefined where nobody may
   */
  urlAt(url: string, demoMode: boolean): string | undefined;
  /** How many exchanges were served and, since there were too many, not written down. */
  readonly skipped: () => number;
  /** Ends what is open under `/flows`; the apps are left to their owner. */
  close(): Promise<void>;
}

/** A flow seldom has more exchanges, those of its servers among each other included. */
const EXCHANGES_A_FLOW = 20;

/** Starts the one recorder of a process. What shows flows is loaded when somebody looks. */
export function createFlowsService(
  { flows, history, token }: FlowsOptions,
  {
    clock = systemClock,
    random = systemRandom,
    ticker = systemTicker,
    milliseconds,
    since,
    describe,
    feed,
  }: FlowsPorts,
): FlowsService {
  const log = createExchangeLog(history * EXCHANGES_A_FLOW);
  const onExchange = (exchange: RecordedExchange) => {
    log.add(exchange);
    // Nothing is asked of another process before somebody looks.
    if (feed === undefined) void watching();
  };
  const recorder = createRecorder({ clock, random, milliseconds, since, describe, onExchange });
  let watched: Promise<Watch> | undefined;
  let watch: Watch | undefined;
  const ending = new AbortController();
  const stopTicking = ticker(() => {
    recorder.tick();
    watch?.tick(clock.now() * 1000);
  });
  const opened: Promise<LivePages>[] = [];

  /** What puts flows together is not needed to listen, so it is loaded with the first exchange. */
  function watching(): Promise<Watch> {
    watched ??= import('./watch/create-watch.js').then(async ({ createWatch }) => {
      watch = createWatch({ maxFlows: history, maxExchangesInAll: history * EXCHANGES_A_FLOW });
      await fillWatch(watch, { log, feed, ticker, signal: ending.signal });
      return watch;
    });
    return watched;
  }

  async function openPages(site: LiveSite): Promise<LivePages> {
    const [{ createLivePages }, watch] = await Promise.all([import('./live/index.js'), watching()]);
    const source: LiveSource = {
      site,
      token,
      recorder: recorder.id,
      log,
      watch,
      skipped: recorder.skipped,
      clock,
      milliseconds,
      random,
      ticker,
    };
    return createLivePages(source);
  }

  const isShown = (demoMode: boolean) => flows && (demoMode || token !== undefined);

  return {
    sink: recorder.sink,
    serve(app, { places, demoMode, levers }) {
      if (!isShown(demoMode)) return app;
      let pages: Promise<LivePages> | undefined;
      // The places are asked for each time: with a new epoch they are others.
      const site: LiveSite = {
        demoMode,
        levers,
        get places() {
          return places();
        },
      };
      const fetchPage: WebApp['fetch'] = async (request, peer) => {
        if (pages === undefined) opened.push((pages = openPages(site)));
        return (await (await pages).fetch(request, peer)) ?? app.fetch(request, peer);
      };
      // The pages are watched too, but for what the recorder lets by, so that a lever is seen in its client's flow.
      const withPages: WebApp = {
        close: () => app.close(),
        fetch: (request, peer) =>
          isUnderFlows(request) ? fetchPage(request, peer) : app.fetch(request, peer),
      };
      return recorder.watch(withPages, places);
    },
    urlAt: (url, demoMode) => (isShown(demoMode) ? `${new URL(url).origin}/flows` : undefined),
    skipped: recorder.skipped,
    async close() {
      stopTicking();
      ending.abort();
      await Promise.all(opened.map(async (pages) => (await pages).close()));
    },
  };
}

function isUnderFlows({ url }: Request): boolean {
  return /^\/flows(?:\/|$)/.test(pathOf(url));
}
