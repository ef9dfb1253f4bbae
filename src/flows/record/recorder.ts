import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../shared/clock.js';
import type { EmittedEvent, EventSink } from '../../shared/events/events.js';
import { mediaTypeOf, watchBody } from '../../shared/http/body.js';
import type { WebApp } from '../../shared/http/fetch.js';
import { pathOf } from '../../shared/http/path-of.js';
import type { Peer } from '../../shared/http/peer.js';
import type { Random } from '../../shared/random.js';
import { createBudget } from './budget.js';
import { type Captured, type Ending, MAX_EVENTS } from './captured.js';
import type { ServerPlaces } from './places.js';
import type { RecordedExchange } from './recorded-exchange.js';
import { watchStream } from './watched-stream.js';

/** What a recorder needs of the world. */
export interface RecorderPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** since any fixed moment */
  readonly milliseconds: () => number;
  /**
   * that moment, in milliseconds since the epoch: what two processes recorded is put in order by it. Where it is not known,
   * times are right to the second, as the clock is.
   */
  readonly since?: number | undefined;
  /** an event in words, for {@link RecordedExchange.said} */
  readonly describe: (event: EmittedEvent) => string;
  readonly onExchange: (exchange: RecordedExchange) => void;
}

/** Writes down what reaches the servers of one process. */
export interface Recorder {
  /** of this process; another one after a restart */
  readonly id: string;
  /**
   * The same app, watched. Probes and the pages of the recorder itself are let by.
   *
   * @param places asked at each request, since a server may move
   */
  watch(app: WebApp, places: () => ServerPlaces): WebApp;
  /** Takes the events of the watched apps; those that are told during a request belong to it. */
  readonly sink: EventSink;
  /** how many exchanges were served and, since there were too many, not written down */
  readonly skipped: () => number;
  /** Writes down streams that are open for long; to be called about once a second. */
  tick(): void;
}

/** What writes exchanges down. */
type Writing = typeof import('./write-down.js');

/** Nobody's flow: probes, and whoever looks at the flows. A lever that is pulled is part of its client's flow. */
const UNWATCHED = /^\/(?:healthz|readyz|flows(?:\/(?!levers$).*)?|favicon\.ico)$/;

/** `inspect-flow watch` reads metadata, and leaves no flow of its own by that; the name hides nothing but reading. */
const WATCHER = /^mcp-oauth-demo-watch\//;

function isOfWatchers(request: Request): boolean {
  if (UNWATCHED.test(pathOf(request.url))) return true;
  return request.method === 'GET' && WATCHER.test(request.headers.get('user-agent') ?? '');
}

/** A stream is written down at its end, or when it has been open for so long, with what has passed by then. */
const STREAM_MILLISECONDS = 2000;

/** What is as much work as an ordinary exchange. */
const CHARACTERS_A_UNIT = 4096;

/** Starts to record. Nothing secret is kept: each exchange is redacted when it ends. */
export function createRecorder({
  clock,
  random,
  milliseconds,
  since = clock.now() * 1000 - milliseconds(),
  describe,
  onExchange,
}: RecorderPorts): Recorder {
  const id = random.token(8);
  const current = new AsyncLocalStorage<Captured>();
  const now = () => since + milliseconds();
  const budget = createBudget(milliseconds);
  const streams = new Map<() => void, number>();
  let count = 0;
  let skipped = 0;
  let answering = 0;
  let loaded: Writing | undefined;

  async function answer(app: WebApp, captured: Captured): Promise<Response> {
    const { request, peer } = captured;
    answering += 1;
    try {
      return await current.run(captured, () => app.fetch(request, peer));
    } finally {
      answering -= 1;
    }
  }

  function write(writing: Writing, captured: Captured, ending: Ending, endedAt = now()): void {
    const size = captured.sent.length + ending.received.length;
    budget.spend(Math.floor(size / CHARACTERS_A_UNIT));
    try {
      onExchange(writing.writeDown(captured, ending, { recorder: id, endedAt, describe }));
    } catch {
      // What goes wrong here must not go wrong for the client; that it is not there is told.
      skipped += 1;
    }
  }

  async function record(app: WebApp, captured: Captured): Promise<Response> {
    watchBody(captured.request, (text) => {
      captured.sent = text;
    });
    // What writes down is not needed to listen, so it is loaded while the first request is answered.
    const loading = loaded ?? import('./write-down.js');
    const response = await answer(app, captured).catch(async (thrown: unknown) => {
      loaded = await loading;
      // What it says is for the log of whoever wrote the app: it may hold anything.
      const error = 'the server failed to answer';
      write(loaded, captured, { response: undefined, received: '', truncated: false, error });
      throw thrown;
    });
    const writing = (loaded ??= await loading);
    if (isEventStream(response) && response.body !== null) {
      const endedAt = now();
      const { stream, tellNow } = watchStream(response.body, ({ text, truncated }) => {
        streams.delete(tellNow);
        write(writing, captured, { response, received: text, truncated, error: null }, endedAt);
      });
      streams.set(tellNow, milliseconds());
      return again(response, stream);
    }
    const received = await response.text();
    const error = captured.request.signal.aborted ? 'the client went away before it was answered' : null;
    write(writing, captured, { response, received, truncated: false, error });
    return again(response, received === '' ? null : received);
  }

  return {
    id,
    sink(event) {
      const events = current.getStore()?.events;
      if (events !== undefined && events.length < MAX_EVENTS) events.push(event);
    },
    skipped: () => skipped,
    tick() {
      for (const [tellNow, since] of streams) if (milliseconds() - since >= STREAM_MILLISECONDS) tellNow();
    },
    watch(app, places) {
      return {
        close: () => app.close(),
        fetch: (request, peer) => {
          if (isOfWatchers(request)) return app.fetch(request, peer);
          if (!budget.take()) {
            skipped += 1;
            // On Node 20 it makes every promise of the process dearer, until it is needed again.
            if (answering === 0) current.disable();
            return app.fetch(request, peer);
          }
          return record(app, capture(request, peer, places()));
        },
      };
    },
  };

  function capture(request: Request, peer: Peer | undefined, places: ServerPlaces): Captured {
    count += 1;
    return { number: count, at: now(), request, peer, places, events: [], sent: '' };
  }
}

function isEventStream({ headers }: Response): boolean {
  return mediaTypeOf(headers.get('content-type')) === 'text/event-stream';
}

/** A response once more, since a body can be read only once. */
function again(
  { status, statusText, headers }: Response,
  body: string | ReadableStream<Uint8Array> | null,
): Response {
  return new Response(body, { status, statusText, headers });
}
