import type { WatchUpdate } from '../watch/watched-flow.js';
import type { Selection } from './selection.js';
import type { SentPiece, Slot } from './piece.js';
import { summaryOf } from './summary.js';

/** What one message of the stream says: what the page has from now on, in order, and the pieces that are new. */
export interface ViewMessage {
  readonly recorder: string;
  readonly pieces: readonly ViewedPiece[];
  /** what happened last, in a line; left out if nothing did, or if something was told just now */
  readonly latest?: string;
}

/** A piece of the page; with its HTML only if this viewer does not have that version. */
export interface ViewedPiece {
  readonly slot: Slot;
  readonly id: string;
  readonly version: string;
  readonly html?: string;
}

/** What a stream of views is made of. */
export interface ViewSource {
  /** of this process */
  readonly recorder: string;
  /** milliseconds since any fixed moment */
  readonly milliseconds: () => number;
  /** @returns stops the telling */
  subscribe(listener: (update: WatchUpdate) => void): () => void;
}

/** How fast views follow each other, in milliseconds. */
export interface Pace {
  /** from one to the next, at least */
  readonly views: number;
  /** between lines that a screen reader reads out, at least */
  readonly latest: number;
  /** without anything to say, after which a sign of life is sent */
  readonly silence: number;
}

const PACE: Pace = { views: 200, latest: 3000, silence: 15_000 };

/** More at once would be somebody who forgets to close. */
const MAX_VIEWERS = 32;

/** Drawing takes at most one part in so many of the time, however many viewers it is done for. */
const SHARE = 10;

/** Gives out views of the page as server-sent events. */
export interface ViewStream {
  /** Streams what `view` draws, whenever something has changed. */
  answer(selection: Selection, view: () => Promise<readonly SentPiece[]>): Response;
  /** Ends every stream. */
  close(): void;
}

/**
 * Starts to give out views. Each viewer is sent a view when it has taken the one before and something has happened, so
 * that neither a slow viewer nor a busy server piles anything up.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html HTML, server-sent events}
 */
export function createViewStream(source: ViewSource, pace: Pace = PACE): ViewStream {
  const viewers = new Set<() => void>();
  return {
    answer(selection, view) {
      if (viewers.size >= MAX_VIEWERS) {
        return new Response('too many viewers of the flows at once\n', {
          status: 503,
          headers: { 'retry-after': '5', 'content-type': 'text/plain; charset=utf-8' },
        });
      }
      return new Response(streamTo(source, pace, viewers, { selection, view }), {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          // Or nginx would hold back what is small.
          'x-accel-buffering': 'no',
        },
      });
    },
    close() {
      for (const end of viewers) end();
    },
  };
}

interface Viewed {
  readonly selection: Selection;
  readonly view: () => Promise<readonly SentPiece[]>;
}

function streamTo(
  source: ViewSource,
  pace: Pace,
  viewers: Set<() => void>,
  { selection, view }: Viewed,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const signal = createSignal();
  const latest = createLatest(source, pace.latest, selection);
  const differences = createDifferences();
  let rest = 0;
  let leave = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const stop = source.subscribe((update) => {
          latest.take(update);
          signal.give();
        });
        const end = () => {
          leave();
          controller.close();
        };
        leave = () => {
          stop();
          viewers.delete(end);
          signal.end();
        };
        viewers.add(end);
        controller.enqueue(encoder.encode('retry: 1000\n\n'));
        signal.give();
      },
      async pull(controller) {
        if (rest > 0) await signal.pause(rest);
        const woken = await signal.wait(Math.min(pace.silence, latest.due() ?? pace.silence));
        if (signal.ended()) return;
        const began = source.milliseconds();
        const pieces = woken ? differences.of(await view()) : differences.none();
        if (signal.ended()) return;
        rest = Math.max(pace.views, (source.milliseconds() - began) * SHARE * viewers.size);
        const line = latest.next();
        const isNew = line !== undefined || pieces.isNew;
        const message: ViewMessage = {
          recorder: source.recorder,
          pieces: pieces.list,
          ...(line !== undefined && { latest: line }),
        };
        const text = isNew ? `event: view\ndata: ${JSON.stringify(message)}\n\n` : ': still here\n\n';
        controller.enqueue(encoder.encode(text));
      },
      cancel: () => leave(),
    },
    { highWaterMark: 1 },
  );
}

/** What a viewer has already. */
function createDifferences() {
  let known = new Map<string, string>();
  let list: readonly ViewedPiece[] = [];
  const bare = () => list.map(({ slot, id, version }): ViewedPiece => ({ slot, id, version }));
  return {
    of(pieces: readonly SentPiece[]): { readonly list: readonly ViewedPiece[]; readonly isNew: boolean } {
      const before = known;
      list = pieces.map((piece) =>
        before.get(piece.id) === piece.version
          ? { slot: piece.slot, id: piece.id, version: piece.version }
          : piece,
      );
      known = new Map(pieces.map(({ id, version }) => [id, version]));
      const isNew = list.some((piece) => piece.html !== undefined) || before.size !== known.size;
      return { list, isNew };
    },
    none: () => ({ list: bare(), isNew: false }),
  };
}

/** The line about what happened last, not more often than somebody can hear it. */
function createLatest({ milliseconds }: ViewSource, every: number, { client }: Selection) {
  let line: string | undefined;
  let free = 0;
  return {
    take(update: WatchUpdate) {
      if (client !== undefined && 'flow' in update && update.flow.clientId !== client) return;
      line = summaryOf(update) ?? line;
    },
    /** in how many milliseconds there is something to say; undefined for not at all */
    due: () => (line === undefined ? undefined : Math.max(1, free - milliseconds())),
    next(): string | undefined {
      if (line === undefined || milliseconds() < free) return undefined;
      const said = line;
      line = undefined;
      free = milliseconds() + every;
      return said;
    },
  };
}

/** Wakes one who waits; what is given while nobody waits is kept for the next. */
function createSignal() {
  let given = false;
  let isEnded = false;
  let wake = (): void => undefined;
  const within = (time: number, isOver: () => boolean) =>
    new Promise<void>((resolve) => {
      if (isOver()) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, time);
      timer.unref();
      wake = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    give() {
      given = true;
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    ended: () => isEnded,
    /** Waits the time out, unless it is over. */
    pause: (time: number) => within(time, () => isEnded),
    /** @returns whether something was given; false if the time is up */
    async wait(time: number): Promise<boolean> {
      await within(time, () => given || isEnded);
      const was = given;
      given = false;
      return was;
    },
  };
}
