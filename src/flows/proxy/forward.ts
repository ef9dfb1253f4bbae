import type { Clock } from '../../shared/clock.js';
import { mediaTypeOf } from '../../shared/http/body.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { isAddressedToLoopback } from '../../shared/http/loopback.js';
import { orAborted } from '../../shared/http/or-aborted.js';
import type { Peer } from '../../shared/http/peer.js';
import type { Random } from '../../shared/random.js';
import { networkFailure } from '../exchange/network-failure.js';
import type { ResolveHost } from '../exchange/reach.js';
import type { Meaning, RecordedExchange } from '../record/recorded-exchange.js';
import { watchStream } from '../record/watched-stream.js';
import { boundedBody, endingWith, MAX_RECORDED_CHARACTERS, MAX_REWRITTEN_BYTES } from './bounded-body.js';
import { requestHeaders, responseHeaders } from './headers.js';
import { isAsset } from './html.js';
import { pageMeaning, type ProxiedExchange, recordedOf } from './recording.js';
import { createRedirects } from './redirects.js';
import { challengeOutward, isToRewrite, rewritten } from './rewrite.js';
import type { Servers } from './servers.js';
import { boundToIssuer } from './translation.js';
import { type Visit, visitOf } from './visit.js';
import { visitCookie } from './visit-cookie.js';

/** What sending requests on needs. */
export interface ForwardOptions {
  /** of the proxy, as its exchanges name it */
  readonly id: string;
  /** how the proxy calls itself to servers */
  readonly via: string;
  /** URL of the MCP server, which the user named */
  readonly target: string;
  readonly servers: Servers;
  readonly fetch: Fetch;
  readonly resolve?: ResolveHost | undefined;
  readonly clock: Clock;
  /** since any fixed moment */
  readonly milliseconds: () => number;
  readonly random: Random;
  readonly onExchange: (exchange: RecordedExchange) => void;
  /** ends what is under way */
  readonly signal: AbortSignal;
}

/** Sends requests on. */
export interface Forward {
  /** Answers a request at one of the proxy's origins. */
  answer(at: 'as' | 'rs', request: Request, peer?: Peer): Promise<Response>;
  /** Writes down streams that are open for long; to be called about once a second. */
  tick(): void;
}

/** How long a server may take until its answer begins, in milliseconds; a tool may think longer than a login page. */
const PATIENCE = { mcp: 300_000, other: 30_000 } as const;

/** A stream is written down at its end, or when it has been open for so long, with what has passed by then. */
const STREAM_MILLISECONDS = 2000;

/** What is part of a login, or of its look. */
const FOR_BROWSERS: ReadonlySet<Meaning> = new Set(['authorization-request', 'sign-in', 'other']);

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What of an exchange is known when its answer has begun. */
interface Begun {
  readonly visit: Visit;
  readonly meaning: Meaning;
  readonly status: number;
  /** as the client gets them */
  readonly headers: Headers;
  /** Writes the exchange down. @param said what was changed beside what is known already */
  write(ending: { body: string; truncated: boolean } | { error: string }, said?: readonly string[]): void;
}

/** Makes what both origins of a proxy answer with. */
export function createForward(options: ForwardOptions): Forward {
  const { id, via, servers, clock, milliseconds, random, signal } = options;
  const base = clock.now() * 1000 - milliseconds();
  const now = () => base + milliseconds();
  const redirects = createRedirects(servers);
  const streams = new Map<() => void, number>();
  let count = 0;

  async function answerFor(at: 'as' | 'rs', request: Request, peer: Peer | undefined): Promise<Response> {
    const number = (count += 1);
    const begin = now();
    const visit = await visitOf(at, request, { ...options, resolve: options.resolve });
    if ('error' in visit) return plain(visit.status, visit.error);
    const said = [...visit.changes, ...learn(visit)];
    const port = visit.url.port;
    const known: Omit<ProxiedExchange, 'milliseconds' | 'response' | 'error' | 'meaning'> = {
      number,
      to: visit.to,
      at: begin,
      request: {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: visit.body.slice(0, MAX_RECORDED_CHARACTERS),
      },
      said,
      peer,
      visit: {
        brought: visit.to === 'as' ? visitCookie(port).read(request.headers) : undefined,
        gave: undefined,
      },
    };
    const write = (
      exchange: Pick<ProxiedExchange, 'response' | 'error' | 'meaning'> & Partial<ProxiedExchange>,
    ) => options.onExchange(recordedOf(id, { ...known, milliseconds: now() - begin, ...exchange }));

    const response = await sentOn(visit).catch(
      (error: unknown) => `no answer from ${new URL(visit.upstream).origin}: ${networkFailure(error)}`,
    );
    if (typeof response === 'string') {
      write({ meaning: visit.meaning, response: undefined, error: response });
      return plain(502, response);
    }
    const { status } = response;
    const meaning =
      visit.to === 'as' ? pageMeaning(visit.meaning, request.headers, response.headers) : visit.meaning;
    const { headers, changes } = headOf(visit, meaning, response);
    const gave = visit.to === 'as' && meaning === 'authorization-request' ? random.token(16) : undefined;
    if (gave !== undefined) headers.append('set-cookie', visitCookie(port).write(gave));
    return bodyOf(response, {
      visit,
      meaning,
      status,
      headers,
      write(ending, more = []) {
        write({
          meaning,
          said: [...said, ...changes, ...more],
          visit: { ...known.visit, gave },
          response: 'error' in ending ? undefined : { status, headers, ...ending },
          error: 'error' in ending ? ending.error : undefined,
        });
      },
    });
  }

  /** What a request tells of its client, before it is sent on. */
  function learn({ to, meaning, request, url, body }: Visit): readonly string[] {
    if (to === 'as') redirects.learn(meaning, url, body);
    if (to !== 'as' && meaning !== 'mcp') return [];
    const bound = boundToIssuer(request.headers, url.search, to === 'as' ? body : '');
    if (bound === undefined) return [];
    servers.goOutside(bound);
    return [`this can't succeed through a proxy: ${bound}`];
  }

  const wayOf = (to: 'as' | 'rs', { port }: URL, upstream: string) => ({
    origins: servers.origins(to),
    port,
    upstream: new URL(upstream).origin,
  });

  /** Sends it on, and waits until the answer begins. */
  async function sentOn({ request, url, to, meaning, upstream, sent }: Visit): Promise<Response> {
    const patience = AbortSignal.timeout(meaning === 'mcp' ? PATIENCE.mcp : PATIENCE.other);
    const impatient = new AbortController();
    const ended = AbortSignal.any([signal, request.signal, impatient.signal]);
    const hasBody = sent.byteLength > 0 && request.method !== 'GET' && request.method !== 'HEAD';
    try {
      const answer = options.fetch(upstream, {
        method: request.method,
        headers: requestHeaders(request.headers, { ...wayOf(to, url, upstream), via }),
        ...(hasBody && { body: sent }),
        redirect: 'manual',
        signal: ended,
      });
      return await orAborted(answer, AbortSignal.any([ended, patience]));
    } catch (error) {
      impatient.abort();
      throw patience.aborted ? new Error('it took too long', { cause: error }) : error;
    }
  }

  /** The headers of an answer as the client gets them, with what was changed, in words. */
  function headOf(visit: Visit, meaning: Meaning, response: Response) {
    const { to, url, upstream } = visit;
    const headers = responseHeaders(response.headers, wayOf(to, url, upstream));
    const changes: string[] = [];
    const challenge = response.headers.get('www-authenticate');
    if (challenge !== null) {
      const shown = challengeOutward(challenge, servers);
      headers.set('www-authenticate', shown);
      if (shown !== challenge) changes.push('the challenge names the metadata as this proxy serves it');
    }
    const location = response.headers.get('location');
    if (location !== null) {
      const redirect = redirects.outward(location, upstream, { to, meaning });
      headers.set('location', redirect.location);
      changes.push(...redirect.changes);
    }
    // What a browser keeps would lead here when nobody listens any more, or stand in the pages of another server that is
    // met at this port later.
    if (FOR_BROWSERS.has(meaning) || [301, 308].includes(response.status)) {
      headers.set('cache-control', 'no-store');
    }
    return { headers, changes };
  }

  async function bodyOf(response: Response, begun: Begun): Promise<Response> {
    const { visit, meaning, status, headers } = begun;
    if (response.body === null || visit.request.method === 'HEAD') {
      begun.write({ body: '', truncated: false });
      return new Response(null, { status, headers });
    }
    const type = response.headers.get('content-type');
    const isQuiet = isAsset(mediaTypeOf(type)) && status < 400;
    if (isToRewrite(meaning, visit.to, type)) return rewrittenBody(response, begun, isQuiet);
    const { stream, tellNow } = watchStream(endingWith(response.body, signal), ({ text, truncated }) => {
      streams.delete(tellNow);
      if (!isQuiet) begun.write({ body: text, truncated });
    });
    streams.set(tellNow, milliseconds());
    return new Response(stream, { status, headers });
  }

  async function rewrittenBody(response: Response, begun: Begun, isQuiet: boolean): Promise<Response> {
    const { visit, meaning, status, headers } = begun;
    const patience = AbortSignal.any([signal, visit.request.signal, AbortSignal.timeout(PATIENCE.other)]);
    const server = new URL(visit.upstream).origin;
    const whole = await orAborted(boundedBody(response, MAX_REWRITTEN_BYTES), patience).catch(
      (error: unknown) => `the answer of ${server} broke off: ${networkFailure(error)}`,
    );
    if (whole === undefined || typeof whole === 'string') {
      const error =
        whole ?? `the answer of ${server} is larger than ${MAX_REWRITTEN_BYTES / 1024 / 1024} MiB`;
      begun.write({ error });
      return plain(502, error);
    }
    const { body, changes } = await rewritten(meaning, new TextDecoder().decode(whole), servers);
    const truncated = body.length > MAX_RECORDED_CHARACTERS;
    if (!isQuiet) {
      begun.write({ body: body.slice(0, MAX_RECORDED_CHARACTERS), truncated }, status === 200 ? changes : []);
    }
    return new Response(body, { status, headers });
  }

  return {
    async answer(at, request, peer) {
      if (!isAddressedToLoopback(request)) {
        return plain(421, 'this proxy answers for names of this machine only');
      }
      // It would stay behind, and answer in the place of the next server that is met at this port.
      if (request.headers.has('service-worker')) return plain(403, 'service workers are not installed here');
      if (!METHODS.has(request.method)) return plain(405, `${request.method} is not sent on`);
      if ((request.headers.get('via') ?? '').includes(via)) return plain(508, 'this proxy would ask itself');
      try {
        return await answerFor(at, request, peer);
      } catch (error) {
        return plain(502, `it could not be sent on: ${networkFailure(error)}`);
      }
    },
    tick() {
      for (const [tellNow, since] of streams) if (milliseconds() - since >= STREAM_MILLISECONDS) tellNow();
    },
  };
}

/** One line that a person can act on, whoever shows it to them. */
function plain(status: number, text: string): Response {
  return new Response(`mcp-oauth-demo proxy: ${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}
