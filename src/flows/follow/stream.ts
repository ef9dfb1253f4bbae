import type { Fetch } from '../../shared/http/fetch.js';
import { parseJson } from '../../shared/http/json.js';
import { networkFailure } from '../exchange/network-failure.js';
import { createStreamReader, type StreamEvent } from '../parsing/event-stream.js';
import { isTooDeep, MAX_DEPTH } from '../parsing/bounded-json.js';
import { EXCHANGE_EVENTS, EXCHANGES_PATH, recorderHello, type RecorderHello } from '../record/hello.js';
import { type RecordedExchange, recordedExchange } from '../record/recorded-exchange.js';

/** What one server tells while it is followed. */
export type Told =
  | { readonly type: 'hello'; readonly hello: RecorderHello }
  | { readonly type: 'exchange'; readonly exchange: RecordedExchange }
  /** what was kept has been told */
  | { readonly type: 'live' };

/** Why there is no stream at a server. */
export type NoStream =
  /** it is not one of ours, or has its recorder switched off */
  | 'absent'
  /** it wants a token, or another one */
  | 'refused'
  /** it is not there, or not in order; it may be later */
  | 'unreachable';

/** How a stream ended, or that it never began. */
export type StreamEnd =
  | { readonly opened: true; readonly lastEventId: string | undefined }
  | { readonly opened: false; readonly why: NoStream; readonly detail: string };

/** Larger than any exchange that is kept; in characters. */
const MAX_EVENT = 1024 * 1024;

/** Bodies of exchanges are nested so deep at most, four levels down. */
const MAX_EXCHANGE_DEPTH = MAX_DEPTH + 4;

/** What is needed to open a stream. */
export interface StreamOptions {
  readonly fetch: Fetch;
  /** the programme that follows, for `User-Agent` */
  readonly userAgent: string;
  readonly token: string | undefined;
  /** where an earlier stream of the same server ended */
  readonly lastEventId: string | undefined;
  readonly signal: AbortSignal;
  /** called whenever the server has sent something, be it a heartbeat */
  readonly onSign: () => void;
}

/**
 * Reads the exchanges of a server until its stream ends. Whatever it sends is held against the schema; what does not fit is
 * left out.
 *
 * @param origin of the server
 */
export async function readStream(
  origin: string,
  options: StreamOptions,
  tell: (told: Told) => void,
): Promise<StreamEnd> {
  const answer = await open(origin, options);
  if (!(answer instanceof Response)) return answer;
  const reader = createStreamReader(MAX_EVENT);
  const decoder = new TextDecoder();
  let { lastEventId } = options;
  try {
    for await (const chunk of answer.body!) {
      options.onSign();
      for (const event of reader.read(decoder.decode(chunk, { stream: true }))) {
        lastEventId = event.id ?? lastEventId;
        const told = toldBy(event);
        if (told) tell(told);
      }
    }
  } catch {
    // It broke off, or sent what no server of ours sends: either way it has ended.
  }
  return { opened: true, lastEventId };
}

async function open(
  origin: string,
  options: StreamOptions,
): Promise<Response | Extract<StreamEnd, { opened: false }>> {
  const no = (why: NoStream, detail: string) => ({ opened: false, why, detail }) as const;
  const { userAgent, token, lastEventId, signal } = options;
  let response: Response;
  try {
    response = await options.fetch(new URL(EXCHANGES_PATH, origin), {
      redirect: 'manual',
      signal,
      headers: {
        accept: 'text/event-stream',
        'user-agent': userAgent,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
    });
  } catch (error) {
    return no('unreachable', networkFailure(error));
  }
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 200 && response.body && type.startsWith('text/event-stream')) return response;
  await response.body?.cancel().catch(() => undefined);
  if (response.status === 401 || response.status === 403)
    return no('refused', `it answers ${response.status}`);
  if (response.status >= 500 || response.status === 429) {
    return no('unreachable', `it answers ${response.status}`);
  }
  return no('absent', `${EXCHANGES_PATH} answers ${response.status}`);
}

function toldBy({ event, data }: StreamEvent): Told | undefined {
  if (event === EXCHANGE_EVENTS.live) return { type: 'live' };
  const value = isTooDeep(data, MAX_EXCHANGE_DEPTH) ? undefined : parseJson(data);
  if (event === EXCHANGE_EVENTS.hello) {
    const hello = recorderHello.safeParse(value);
    return hello.success ? { type: 'hello', hello: hello.data } : undefined;
  }
  if (event !== EXCHANGE_EVENTS.exchange) return undefined;
  const exchange = recordedExchange.safeParse(value);
  return exchange.success ? { type: 'exchange', exchange: exchange.data } : undefined;
}
