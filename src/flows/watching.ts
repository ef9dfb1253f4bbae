import type { Ticker } from '../shared/ticker.js';
import type { Followed } from './follow/follow-servers.js';
import type { RecordedExchange } from './record/recorded-exchange.js';
import { tellingAsItGoes } from './trace/event-queue.js';
import type { Finding } from './trace/watched-facts.js';
import type { Watch } from './watch/watch.js';
import type { LinkedExchange, WatchedFlow, WatchUpdate } from './watch/watched-flow.js';

/** Where exchanges come from: servers that are followed, or a proxy. It ends when its signal fires, or nothing is left. */
export type ExchangeFeed = (tell: (followed: Followed) => void, signal: AbortSignal) => Promise<void>;

/** What is told of the flows, and when the watching ends. */
export interface WatchingOptions {
  /** only the flows of this client */
  readonly clientId?: string | undefined;
  /** whether what was there before is told too */
  readonly history: boolean;
  /** whether it ends with one flow: the first that began after the watching did, and ended */
  readonly once: boolean;
  /** seconds after which it ends; undefined for never */
  readonly seconds?: number | undefined;
}

/** What watching needs of the world. */
export interface WatchingPorts {
  readonly watch: Watch;
  readonly every: Ticker;
  /** milliseconds since the epoch */
  readonly now: () => number;
  /** ends the watching, as Ctrl-C does */
  readonly signal: AbortSignal;
}

/** Why the watching ended. */
export type WatchEnd =
  /** the one flow has ended */
  | 'once'
  /** the time was over */
  | 'time'
  | 'interrupted'
  /** nothing is left that could be watched */
  | 'nothing';

/** What happens while flows are watched. */
export type WatchEvent =
  | Exclude<Followed, { type: 'exchange' | 'ready' | 'nothing' }>
  /** what was there before has been taken in */
  | { readonly type: 'ready'; readonly flows: number; readonly open: number }
  | { readonly type: 'step'; readonly flow: WatchedFlow; readonly added: LinkedExchange }
  | { readonly type: 'finding'; readonly flow: WatchedFlow; readonly finding: Finding }
  | { readonly type: 'ended'; readonly flow: WatchedFlow }
  | { readonly type: 'joined'; readonly flow: WatchedFlow; readonly gone: string }
  | {
      readonly type: 'over';
      readonly why: WatchEnd;
      /** those that were told of, as they are now; the oldest first */
      readonly flows: readonly WatchedFlow[];
      /** with `once`: the flow that it was about, which may be under way still */
      readonly flow: WatchedFlow | undefined;
    };

/** So long a flow that has ended must be silent before `once` ends with it: what belongs to it may still be on its way. */
const QUIET_SECONDS = 2;
/** And no longer than this, for a client that never pauses. */
const LONGEST_SECONDS = 10;

/** A clock that differs by less is not told from a slow network, in milliseconds. */
const MAX_SLOWNESS = 5000;

/** Watches the flows that come of a feed, until that ends, or the options or the signal say so. */
export async function* watchFlows(
  feed: ExchangeFeed,
  options: WatchingOptions,
  ports: WatchingPorts,
): AsyncGenerator<WatchEvent> {
  yield* tellingAsItGoes<WatchEvent>(async (tell) => {
    const ending = new AbortController();
    const signal = AbortSignal.any([ports.signal, ending.signal]);
    const state = watching(options, ports, tell, () => ending.abort());
    const stop = ports.every(state.second);
    try {
      await feed(state.take, signal);
    } finally {
      stop();
      state.end();
    }
  });
}

function watching(
  options: WatchingOptions,
  { watch, now, signal }: WatchingPorts,
  tell: (event: WatchEvent) => void,
  endFeed: () => void,
) {
  const selection = createSelection(options, tell);
  const past: RecordedExchange[] = [];
  let isReady = false;
  let skew = 0;
  let seconds = 0;
  let why: WatchEnd | undefined;
  const one = createOne(options.once, (reason) => over(reason));
  const stopListening = watch.subscribe((update) => {
    selection.take(update);
    if (isReady) one.take(update, selection.isTold);
  });

  function over(reason: WatchEnd): void {
    why ??= reason;
    endFeed();
  }

  /** Merged by time, since the watch puts together what lies near to each other. */
  function takePast(): void {
    for (const exchange of past.splice(0).toSorted((first, second) => first.at - second.at)) {
      watch.add(exchange);
    }
  }

  function takeExchange({ exchange, old }: Extract<Followed, { type: 'exchange' }>): void {
    if (!isReady && old) return void past.push(exchange);
    if (old) return selection.silently(() => watch.add(exchange));
    const difference = now() - (exchange.at + exchange.milliseconds);
    skew = Math.abs(difference) > MAX_SLOWNESS ? difference : 0;
    watch.add(exchange);
  }

  function ready(): void {
    if (isReady) return;
    selection.silently(takePast);
    isReady = true;
    const flows = watch.flows().filter(selection.isWanted);
    const open = flows.filter(({ outcome }) => outcome === undefined).length;
    tell({ type: 'ready', flows: flows.length, open });
  }

  return {
    take(followed: Followed): void {
      switch (followed.type) {
        case 'exchange':
          return takeExchange(followed);
        case 'ready':
          return ready();
        case 'nothing':
          why ??= 'nothing';
          return;
        default:
          return tell(followed);
      }
    },
    second(): void {
      watch.tick(now() - skew);
      one.second();
      seconds += 1;
      if (options.seconds !== undefined && seconds >= options.seconds) over('time');
    },
    end(): void {
      stopListening();
      const flows = watch.flows().filter(selection.wasTold).toReversed();
      const chosen = options.once ? (one.id() ?? flows[0]?.id) : undefined;
      tell({
        type: 'over',
        why: signal.aborted ? 'interrupted' : (why ?? 'nothing'),
        flows,
        flow: chosen === undefined ? undefined : watch.flow(chosen),
      });
    },
  };
}

/** Which flows are told of, and from which of their exchanges on. */
function createSelection({ clientId, history }: WatchingOptions, tell: (event: WatchEvent) => void) {
  /** flows that began before the watching did */
  const past = new Set<string>();
  /** flows of which something was told */
  const told = new Set<string>();
  let isSilent = false;

  const isWanted = (flow: WatchedFlow) => clientId === undefined || flow.clientId === clientId;

  /** A flow is nobody's until its client has named itself; what it did until then is told at once. */
  function catchUp(flow: WatchedFlow, added: LinkedExchange): void {
    if (told.has(flow.id) || clientId === undefined || past.has(flow.id)) return;
    for (const earlier of flow.exchanges) {
      if (earlier.exchange !== added.exchange) tell({ type: 'step', flow, added: earlier });
    }
  }

  function forget(id: string): void {
    past.delete(id);
    told.delete(id);
  }

  return {
    isWanted,
    isTold: (flow: WatchedFlow) => isWanted(flow) && !past.has(flow.id),
    wasTold: ({ id }: WatchedFlow) => told.has(id),
    /** Takes in what was there before. */
    silently(work: () => void): void {
      isSilent = !history;
      work();
      isSilent = false;
    },
    take(update: WatchUpdate): void {
      if (update.type === 'flow-dropped') return forget(update.id);
      const { flow } = update;
      if (isSilent) past.add(flow.id);
      if (update.type === 'flows-joined') {
        if (past.has(update.gone)) past.add(flow.id);
        const wasTold = told.has(update.gone);
        forget(update.gone);
        if (wasTold && isWanted(flow)) {
          told.add(flow.id);
          tell({ type: 'joined', flow, gone: update.gone });
        }
        return;
      }
      if (isSilent || !isWanted(flow)) return;
      switch (update.type) {
        case 'exchange':
          catchUp(flow, update.added);
          told.add(flow.id);
          return tell({ type: 'step', flow, added: update.added });
        case 'finding':
          if (told.has(flow.id)) tell({ type: 'finding', flow, finding: update.finding });
          return;
        case 'flow-ended':
          if (told.has(flow.id)) tell({ type: 'ended', flow });
          return;
        default:
          return;
      }
    },
  };
}

/** Waits for the one flow of `once`, and until nothing more comes of it. */
function createOne(isWanted: boolean, over: (why: WatchEnd) => void) {
  let id: string | undefined;
  let quiet = 0;
  let since = 0;
  return {
    id: () => id,
    take(update: WatchUpdate, isTold: (flow: WatchedFlow) => boolean): void {
      if (!isWanted || update.type === 'flow-dropped') return;
      if (update.type === 'flow-ended' && id === undefined && isTold(update.flow)) id = update.flow.id;
      if (update.type === 'flows-joined' && update.gone === id) ({ id } = update.flow);
      if (update.flow.id === id) quiet = 0;
    },
    second(): void {
      if (id === undefined) return;
      quiet += 1;
      since += 1;
      if (quiet > QUIET_SECONDS || since > LONGEST_SECONDS) over('once');
    },
  };
}
