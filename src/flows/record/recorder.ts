import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../../shared/clock.js';
import type { EmittedEvent, EventSink } from '../../shared/events/events.js';
import { watchBody } from '../../shared/http/body.js';
import type { WebApp } from '../../shared/http/fetch.js';
import type { Peer } from '../../shared/http/peer.js';
import type { Random } from '../../shared/random.js';
import { factsOf } from './facts.js';
import { broughtBy, givenBy } from './links.js';
import { meaningOf } from './meaning.js';
import type { ServerPlaces } from './places.js';
import type { Meaning, RecordedExchange } from './recorded-exchange.js';
import { redactedMessages } from './redacted-messages.js';

/** What a recorder needs of the world. */
export interface RecorderPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** since any fixed moment */
  readonly milliseconds: () => number;
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
   * @param places asked once, at the first request
   */
  watch(app: WebApp, places: () => ServerPlaces): WebApp;
  /** Takes the events of the watched apps; those that are told during a request belong to it. */
  readonly sink: EventSink;
}

/** What is being answered. */
interface Answering {
  readonly events: EmittedEvent[];
}

/** Nobody's flow: probes, and whoever looks at the flows. */
const UNWATCHED = /^\/(?:healthz|readyz|flows(?:\/.*)?|favicon\.ico)$/;

/** Starts to record. Nothing secret is kept: each exchange is redacted when it ends. */
export function createRecorder({
  clock,
  random,
  milliseconds,
  describe,
  onExchange,
}: RecorderPorts): Recorder {
  const id = random.token(8);
  const current = new AsyncLocalStorage<Answering>();
  const base = clock.now() * 1000 - milliseconds();
  const now = () => base + milliseconds();
  let count = 0;

  async function record(app: WebApp, request: Request, peer: Peer | undefined, places: ServerPlaces) {
    const number = (count += 1);
    const at = now();
    const answering: Answering = { events: [] };
    let sent = '';
    watchBody(request, (text) => {
      sent = text;
    });
    const response = await current.run(answering, () => app.fetch(request, peer));
    const { shown, received } = await bodyOf(response);
    const { facts, links } = factsOf(answering.events);
    const url = new URL(request.url);
    const meaning = meaningOf(request.method, url, places);
    const raw = { url: request.url, headers: request.headers, body: sent };
    const gave = givenBy({ url: request.url, headers: shown.headers, body: received });
    onExchange({
      recorder: id,
      number,
      to: places.server,
      from: fromOf(meaning, request.headers.get('user-agent')),
      observed_by: places.server,
      meaning,
      at,
      milliseconds: now() - at,
      ...redactedMessages(raw, request.method, {
        status: shown.status,
        headers: shown.headers,
        body: received,
      }),
      error: null,
      reason_code: reasonOf(answering.events),
      brought: { ...links, ...broughtBy(raw) },
      gave,
      facts,
      said: answering.events.filter(({ kind }) => kind !== 'request.served').map(describe),
      peer: peer ?? null,
    });
    return shown;
  }

  return {
    id,
    sink: (event) => current.getStore()?.events.push(event),
    watch(app, places) {
      let known: ServerPlaces | undefined;
      return {
        close: () => app.close(),
        fetch: async (request, peer) => {
          if (UNWATCHED.test(new URL(request.url).pathname)) return app.fetch(request, peer);
          known ??= places();
          return record(app, request, peer, known);
        },
      };
    },
  };
}

/** The body, and the response once more, since a body can be read only once. Streams are let by. */
async function bodyOf(response: Response): Promise<{ readonly shown: Response; readonly received: string }> {
  if (
    response.body === null ||
    (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
  ) {
    return { shown: response, received: '' };
  }
  const received = await response.text();
  const { status, statusText, headers } = response;
  return { shown: new Response(received, { status, statusText, headers }), received };
}

function reasonOf(events: readonly EmittedEvent[]): string | null {
  const served = events.findLast((event) => event.kind === 'request.served');
  if (served?.reason !== undefined) return served.reason;
  const refused = events.findLast((event) => 'reason' in event && event.reason !== undefined);
  return refused !== undefined && 'reason' in refused ? (refused.reason ?? null) : null;
}

/** What our own resource server calls itself when it asks. */
const RESOURCE_SERVER = /^mcp-oauth-demo-rs\//;

function fromOf(meaning: Meaning, userAgent: string | null): RecordedExchange['from'] {
  if (meaning === 'introspection' || RESOURCE_SERVER.test(userAgent ?? '')) return 'rs';
  return meaning === 'authorization-request' || meaning === 'sign-in' ? 'browser' : 'client';
}
