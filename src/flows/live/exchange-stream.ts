import type { Ticker } from '../../shared/ticker.js';
import { EXCHANGE_EVENTS, type RecorderHello } from '../record/hello.js';
import type { RecordedExchange } from '../record/recorded-exchange.js';

/** What a stream of exchanges is made of. */
export interface ExchangeSource {
  /** of this process */
  readonly recorder: string;
  readonly version: string;
  /** those that are kept, in the order in which they were written down */
  kept(): Iterable<RecordedExchange>;
  /** how many were served and not written down */
  skipped(): number;
  /** @returns stops the telling */
  subscribe(listener: (exchange: RecordedExchange) => void): () => void;
}

/** Which server a reader has asked: an authorization server names its issuer, an MCP server its resource. */
export type ExchangePlace = Pick<RecorderHello, 'server' | 'issuer' | 'resource'>;

/** Gives the exchanges of this process out as server-sent events. */
export interface ExchangeStream {
  /** Answers a GET: what is kept, then what happens. Whether it may be read is for the caller to decide. */
  answer(request: Request, place: ExchangePlace): Response;
  /** Ends every stream. */
  close(): void;
}

/** More at once would be somebody who forgets to close. */
const MAX_READERS = 32;

/** A reader that is so far behind is let go, and goes on by `Last-Event-ID` with what is kept then. */
const MAX_BEHIND = 2000;

/** Shorter than the time after which proxies take a silent connection for dead. */
const HEARTBEAT_SECONDS = 15;

/** One that reads along. */
interface Reader {
  beat(): void;
  end(): void;
}

/**
 * Starts to give exchanges out. An exchange is turned into text when its reader takes it, so that a slow one costs
 * references and no copies.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html HTML, server-sent events}
 */
export function createExchangeStream(source: ExchangeSource, every: Ticker): ExchangeStream {
  const readers = new Set<Reader>();
  let seconds = 0;
  const stopTicker = every(() => {
    seconds += 1;
    if (seconds % HEARTBEAT_SECONDS === 0) for (const reader of readers) reader.beat();
  });
  return {
    answer(request, place) {
      if (readers.size >= MAX_READERS) {
        return new Response('too many readers of the flows at once\n', {
          status: 503,
          headers: { 'retry-after': '5', 'content-type': 'text/plain; charset=utf-8' },
        });
      }
      const kept = [...source.kept()];
      const told = textOf(EXCHANGE_EVENTS.hello, {
        recorder: source.recorder,
        ...place,
        version: source.version,
        kept: kept.length,
        skipped: source.skipped(),
      } satisfies RecorderHello);
      const missed = kept.slice(placeAfter(request.headers.get('last-event-id'), source.recorder, kept));
      return new Response(streamTo(source, readers, `retry: 1000\n${told}`, missed), {
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          // Or nginx would hold back what is small.
          'x-accel-buffering': 'no',
        },
      });
    },
    close() {
      stopTicker();
      for (const reader of readers) reader.end();
    },
  };
}

function streamTo(
  source: ExchangeSource,
  readers: Set<Reader>,
  first: string,
  missed: readonly RecordedExchange[],
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const text = toldInTurn(missed);
  let leave = (): void => undefined;
  let pull = (): void => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (chunk: string) => controller.enqueue(encoder.encode(chunk));
      const hasRoom = () => (controller.desiredSize ?? 0) > 0;
      const reader: Reader = {
        beat: () => void (hasRoom() && send(': still here\n\n')),
        end() {
          leave();
          controller.close();
        },
      };
      const stop = source.subscribe((exchange) => {
        if (text.add(exchange)) pull();
        else reader.end();
      });
      leave = () => {
        stop();
        readers.delete(reader);
      };
      pull = () => {
        while (hasRoom()) {
          const chunk = text.next();
          if (chunk === undefined) return;
          send(chunk);
        }
      };
      readers.add(reader);
      send(first);
    },
    pull: () => pull(),
    cancel: () => leave(),
  });
}

/** First what was kept, then that this was all of it, then what is new. */
function toldInTurn(missed: readonly RecordedExchange[]): {
  /** @returns false if the reader is too far behind */
  add(exchange: RecordedExchange): boolean;
  /** @returns undefined if there is nothing to tell for now */
  next(): string | undefined;
} {
  const fresh: RecordedExchange[] = [];
  let at = 0;
  return {
    add: (exchange) => fresh.push(exchange) <= MAX_BEHIND,
    next() {
      if (at > missed.length) {
        const exchange = fresh.shift();
        return exchange && eventOf(exchange);
      }
      const exchange = missed[at++];
      return exchange ? eventOf(exchange) : textOf(EXCHANGE_EVENTS.live, {});
    },
  };
}

function eventOf(exchange: RecordedExchange): string {
  return `id: ${exchange.recorder}:${exchange.number}\n${textOf(EXCHANGE_EVENTS.exchange, exchange)}`;
}

/** JSON has no line end in it, so that it is one line of data. */
function textOf(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Behind what a reader has had; 0 where that is unknown, as after a restart. */
function placeAfter(lastEventId: string | null, recorder: string, kept: readonly RecordedExchange[]): number {
  if (lastEventId === null || !lastEventId.startsWith(`${recorder}:`)) return 0;
  const number = Number(lastEventId.slice(recorder.length + 1));
  return kept.findLastIndex((exchange) => exchange.number === number) + 1;
}
