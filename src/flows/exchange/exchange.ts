import { orAborted } from '../../shared/http/or-aborted.js';
import type { Clock } from '../../shared/clock.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { extraHeaders } from './extra-headers.js';
import { networkFailure } from './network-failure.js';
import { type ResolveHost, whyNotAsked } from './reach.js';
import type { FlowStepId, TracedExchange } from '../trace/trace.js';

/** More than any answer of this flow needs; what comes after it is not read. */
export const MAX_RESPONSE_BYTES = 256 * 1024;

/** Node reads no more of them either, unless it is told to. */
const MAX_HEADER_CHARACTERS = 64 * 1024;

/** So many requests a run sends at most: several times what the longest flow needs. */
const MAX_EXCHANGES = 200;

/** So much a run reads of all answers together: what it keeps for its trace is not more. */
const MAX_RUN_BYTES = 8 * 1024 * 1024;

/**
 * A run waits for servers no longer than so many times the bound of one exchange: each may take its time, and not all of
 * them. What a person takes to sign in does not count.
 */
export const MAX_WAITS = 20;

/** The methods of the requests of a flow. */
export const REQUEST_METHODS = ['GET', 'POST', 'DELETE', 'OPTIONS'] as const;

/** A request, with its secrets. */
export interface HttpRequest {
  readonly method: (typeof REQUEST_METHODS)[number];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** values in it that are secret although their names do not say so, as a password in a field that a page has named */
  readonly secrets?: readonly string[];
}

/** A response, as far as it was read. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** at most {@link MAX_RESPONSE_BYTES} */
  readonly body: string;
  /** true if there was more, so that the body must not be used */
  readonly truncated: boolean;
}

/** One request and what came of it. It holds secrets: redact it before it is shown. */
export interface HttpExchange {
  readonly step: FlowStepId;
  readonly from: TracedExchange['from'];
  readonly to: TracedExchange['to'];
  /** seconds since the epoch */
  readonly at: number;
  readonly milliseconds: number;
  readonly request: HttpRequest;
  readonly response?: HttpResponse;
  /** why there is no response, or none that ended */
  readonly error?: string;
  /** what the user did to it, who was asked before it was sent */
  readonly byUser?: 'edited' | 'skipped';
}

/** What requests need of the world. */
export interface ExchangePorts {
  readonly fetch: Fetch;
  /** looks up names that servers give, so that none leads to what is near; without it only addresses are refused */
  readonly resolve?: ResolveHost;
  readonly clock: Clock;
  /** milliseconds since any fixed moment; only differences count */
  readonly elapsed: () => number;
  /** ends the flow, as Ctrl-C does */
  readonly signal: AbortSignal;
}

/** What of the plan holds for each request. */
export interface ExchangeLimits {
  readonly timeoutSeconds: number;
  /** the server that the user named; if it is elsewhere, nobody can send us to this machine */
  readonly target: string;
  /** what goes with each request to the MCP server at the origin of `target` */
  readonly header: readonly string[];
}

/** Is given the text of an answer as it comes, piece by piece, and says when it is enough; for a stream that stays open. */
export type Enough = (piece: string) => boolean;

/** Which step a request belongs to, and between whom it goes. */
export interface Leg extends Pick<HttpExchange, 'step' | 'from' | 'to'> {
  readonly enough?: Enough | undefined;
}

/** What shall become of a request, where somebody is asked before it is sent. */
export type BeforeSending = { readonly do: 'send'; readonly request: HttpRequest } | { readonly do: 'skip' };

/** Is asked about each request, as it would be sent. It may throw, which then is what sending it throws. */
export type AskBefore = (request: HttpRequest, leg: Leg) => Promise<BeforeSending>;

/** Sends a request; what keeps it from an answer is in the exchange. */
export type Send = (request: HttpRequest, leg: Leg) => Promise<HttpExchange>;

/**
 * The only way of the flow to the network: no redirect is followed, time and size are bounded, and nothing is thrown but
 * by `askBefore`: a failure is an exchange with an `error`.
 *
 * @param onExchange is told of every exchange when it has ended
 * @param askBefore may change the request, or leave it out; what it changes keeps to the same rules
 */
export function createSend(
  ports: ExchangePorts,
  limits: ExchangeLimits,
  onExchange: (exchange: HttpExchange) => void,
  askBefore: AskBefore = async (request) => ({ do: 'send', request }),
): Send {
  const spent = { exchanges: 0, bytes: 0, milliseconds: 0 };
  return async (asked, { enough = () => false, ...leg }) => {
    const wanted = leg.to === 'rs' ? withExtraHeaders(asked, limits) : asked;
    const before = await askBefore(wanted, leg);
    const request = before.do === 'send' ? before.request : wanted;
    const byUser: HttpExchange['byUser'] =
      before.do === 'skip' ? 'skipped' : request === wanted ? undefined : 'edited';
    const at = ports.clock.now();
    const start = ports.elapsed();
    const sent = async (final: HttpRequest): Promise<Came> => {
      const refused =
        whyNoMore(spent, limits) ?? (await whyNotAsked(final.url, limits.target, ports.resolve));
      return refused === undefined ? answerTo(final, ports, limits, enough) : { error: refused };
    };
    const came = before.do === 'skip' ? SKIPPED : await sent(request);
    spent.exchanges += 1;
    spent.bytes += came.response?.body.length ?? 0;
    const milliseconds = Math.round(ports.elapsed() - start);
    spent.milliseconds += milliseconds;
    const exchange = { ...leg, at, milliseconds, request, ...came, ...(byUser && { byUser }) };
    onExchange(exchange);
    return exchange;
  };
}

/** Only what goes to the server that the user named has them: they may let somebody in there. */
function withExtraHeaders(request: HttpRequest, { target, header }: ExchangeLimits): HttpRequest {
  if (header.length === 0 || URL.parse(request.url)?.origin !== new URL(target).origin) return request;
  return { ...request, headers: { ...Object.fromEntries(extraHeaders(header)), ...request.headers } };
}

/** What a run has used up. */
interface Spent {
  readonly exchanges: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

function whyNoMore(
  { exchanges, bytes, milliseconds }: Spent,
  { timeoutSeconds }: ExchangeLimits,
): string | undefined {
  const seconds = MAX_WAITS * timeoutSeconds;
  if (exchanges >= MAX_EXCHANGES) return `not sent: a run ends after ${MAX_EXCHANGES} requests`;
  if (bytes >= MAX_RUN_BYTES) return `not sent: a run reads no more than ${MAX_RUN_BYTES / 1024 / 1024} MiB`;
  if (milliseconds >= seconds * 1000) return `not sent: a run waits for servers no longer than ${seconds} s`;
  return undefined;
}

type Came = Pick<HttpExchange, 'response' | 'error'>;

const SKIPPED: Came = { error: 'not sent: skipped by its user' };

async function answerTo(
  request: HttpRequest,
  ports: ExchangePorts,
  limits: ExchangeLimits,
  enough: Enough,
): Promise<Came> {
  if (ports.signal.aborted) return { error: 'interrupted' };
  const timeout = AbortSignal.timeout(limits.timeoutSeconds * 1000);
  const signal = AbortSignal.any([ports.signal, timeout]);
  let head: Pick<HttpResponse, 'status' | 'headers'> | undefined;
  try {
    const response = await orAborted(
      ports.fetch(request.url, {
        method: request.method,
        headers: { ...request.headers },
        ...(request.body !== undefined && { body: request.body }),
        redirect: 'manual',
        signal,
      }),
      signal,
    );
    const unreadable = whyNotRead(response);
    if (unreadable !== undefined) {
      response.body?.cancel().catch(() => undefined);
      return { error: `no answer that can be read: ${unreadable}` };
    }
    head = { status: response.status, headers: response.headers };
    return { response: { ...head, ...(await readBounded(response, signal, enough)) } };
  } catch (error) {
    const why = ports.signal.aborted
      ? 'interrupted'
      : timeout.aborted
        ? `${head ? 'the answer did not end' : 'no answer'} within ${limits.timeoutSeconds} s`
        : head
          ? `the answer broke off: ${networkFailure(error)}`
          : `no answer: ${networkFailure(error)}`;
    return { ...(head && { response: { ...head, body: '', truncated: true } }), error: why };
  }
}

/** A server that has more to say there says it to fill a memory. */
function whyNotRead({ headers }: Response): string | undefined {
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  return size > MAX_HEADER_CHARACTERS
    ? `its headers are larger than ${MAX_HEADER_CHARACTERS / 1024} KiB`
    : undefined;
}

async function readBounded(
  response: Response,
  signal: AbortSignal,
  enough: Enough,
): Promise<Pick<HttpResponse, 'body' | 'truncated'>> {
  if (!response.body) return { body: '', truncated: false };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let body = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await orAborted(reader.read(), signal);
      if (done) return { body: body + decoder.decode(), truncated: false };
      size += value.byteLength;
      if (size > MAX_RESPONSE_BYTES) return { body, truncated: true };
      const piece = decoder.decode(value, { stream: true });
      body += piece;
      if (enough(piece)) return { body, truncated: false };
    }
  } finally {
    // Not awaited: a stream that never ends may not end when it is cancelled either.
    reader.cancel().catch(() => undefined);
  }
}
