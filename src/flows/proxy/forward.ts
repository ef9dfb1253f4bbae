import type { Clock } from '../../shared/clock.js';
import { mediaTypeOf } from '../../shared/http/body.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { isAddressedToLoopback } from '../../shared/http/loopback.js';
import { orAborted } from '../../shared/http/or-aborted.js';
import type { Peer } from '../../shared/http/peer.js';
import type { Random } from '../../shared/random.js';
import { networkFailure } from '../exchange/network-failure.js';
import { type ResolveHost, whyNotAsked } from '../exchange/reach.js';
import { meaningOf } from '../record/meaning.js';
import type { Meaning, RecordedExchange } from '../record/recorded-exchange.js';
import { watchStream } from '../record/watched-stream.js';
import {
  boundedBody,
  MAX_RECORDED_CHARACTERS,
  MAX_REQUEST_BYTES,
  MAX_REWRITTEN_BYTES,
} from './bounded-body.js';
import { requestHeaders, responseHeaders } from './headers.js';
import { isAsset } from './html.js';
import { ELSEWHERE } from './metadata.js';
import { pageMeaning, type ProxiedExchange, recordedOf } from './recording.js';
import { createRedirects } from './redirects.js';
import { challengeOutward, isToRewrite, rewritten } from './rewrite.js';
import type { Servers } from './servers.js';
import { boundToIssuer, requestInward } from './translation.js';

/** What sending requests on needs. */
export interface ForwardOptions {
  readonly id: string;
  readonly via: string;
  /** URL of the MCP server, which the user named */
  readonly target: string;
  readonly servers: Servers;
  readonly fetch: Fetch;
  readonly resolve?: ResolveHost | undefined;
  readonly clock: Clock;
  readonly milliseconds: () => number;
  readonly random: Random;
  readonly onExchange: (exchange: RecordedExchange) => void;
  readonly signal: AbortSignal;
}

/** Sends requests on. */
export interface Forward {
  /** Answers a request at one of the proxy's origins. */
  answer(at: 'as' | 'rs', request: Request, peer?: Peer): Promise<Response>;
  /** Writes down streams that are open for long; to be called about once a second. */
  tick(): void;
}

/** A stream is written down at its end, or when it has been open for so long, with what has passed by then. */
const STREAM_MILLISECONDS = 2000;

/** How long a server may take until its answer begins, in milliseconds; a tool may think longer than a login page. */
const PATIENCE = { mcp: 300_000, other: 30_000 } as const;

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A request that comes in, while it is answered. */
interface Visit {
  readonly request: Request;
  readonly url: URL;
  readonly to: 'as' | 'rs';
  readonly meaning: Meaning;
  /** whole */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly body: string;
  /** where it is sent on to */
  readonly upstream: string;
  readonly changes: readonly string[];
  readonly sent: Uint8Array<ArrayBuffer>;
}

/** Makes what both origins of a proxy answer with. */
export function createForward(options: ForwardOptions): Forward {
  const { id, via, target, servers, clock, milliseconds, random, signal } = options;
  const base = clock.now() * 1000 - milliseconds();
  const now = () => base + milliseconds();
  const redirects = createRedirects(servers);
  const streams = new Map<() => void, number>();
  let count = 0;

  /** Which server is asked, and for what. */
  function aimOf(at: 'as' | 'rs', { method }: Request, url: URL): Pick<Visit, 'to' | 'meaning'> {
    const rs = () => meaningOf(method, url, servers.places('rs'));
    const as = () => meaningOf(method, url, servers.places('as'));
    if (at === 'as') return { to: 'as', meaning: as() };
    if (method !== 'OPTIONS' && servers.isResourceMetadata(url))
      return { to: 'rs', meaning: 'resource-metadata' };
    const meaning = rs();
    if (servers.shareOrigin && meaning !== 'mcp' && meaning !== 'preflight')
      return { to: 'as', meaning: as() };
    // Without metadata of the MCP server, clients look for that of an authorization server here.
    const isTheirs = /^\/\.well-known\/(?:oauth-authorization-server|openid-configuration)/.test(
      url.pathname,
    );
    return isTheirs && servers.issuer === undefined
      ? { to: 'as', meaning: 'authorization-server-metadata' }
      : { to: 'rs', meaning };
  }

  async function upstreamOf(
    at: 'as' | 'rs',
    url: URL,
  ): Promise<{ readonly base: string } | { readonly error: string }> {
    if (url.pathname.startsWith(ELSEWHERE)) {
      const elsewhere = servers.elsewhere(url.pathname);
      if (elsewhere === undefined) return { error: 'no server has named such an endpoint' };
      const refused = await whyNotAsked(elsewhere, target, options.resolve);
      return refused === undefined ? { base: elsewhere } : { error: refused };
    }
    const origin = servers.upstreamOf(at);
    return origin === undefined
      ? { error: 'the MCP server has not named an authorization server yet' }
      : { base: origin + url.pathname };
  }

  async function visitOf(
    at: 'as' | 'rs',
    request: Request,
    url: URL,
  ): Promise<Visit | { readonly error: string; readonly status: number }> {
    const bytes = await boundedBody(request, MAX_REQUEST_BYTES);
    if (bytes === undefined)
      return { error: `the request is larger than ${MAX_REQUEST_BYTES / 1024 / 1024} MiB`, status: 413 };
    const aim = aimOf(at, request, url);
    const found = await upstreamOf(at, url);
    if ('error' in found) return { ...found, status: 502 };
    const body = new TextDecoder().decode(bytes);
    if (aim.to === 'rs') {
      return {
        request,
        url,
        ...aim,
        bytes,
        body,
        upstream: found.base + url.search,
        changes: [],
        sent: bytes,
      };
    }
    const { headers } = request;
    const meaning = pageMeaning(aim.meaning, headers, undefined);
    const translated = requestInward(
      { meaning, search: url.search, headers, body },
      servers.origins('as'),
      servers.resource,
    );
    const sent = translated.body === body ? bytes : new TextEncoder().encode(translated.body);
    return {
      request,
      url,
      to: 'as',
      meaning,
      bytes,
      body,
      upstream: found.base + translated.search,
      changes: translated.changes,
      sent,
    };
  }

  /** Sends it on, and waits until the answer begins. */
  async function sentOn(visit: Visit, port: string): Promise<Response> {
    const { request, to, meaning, upstream, sent } = visit;
    const patience = AbortSignal.timeout(meaning === 'mcp' ? PATIENCE.mcp : PATIENCE.other);
    const impatient = new AbortController();
    const ended = AbortSignal.any([signal, request.signal, impatient.signal]);
    try {
      const answer = options.fetch(upstream, {
        method: request.method,
        headers: requestHeaders(request.headers, { origins: servers.origins(to), port, via }),
        ...(sent.byteLength > 0 && request.method !== 'GET' && request.method !== 'HEAD' && { body: sent }),
        redirect: 'manual',
        signal: ended,
      });
      return await orAborted(answer, AbortSignal.any([ended, patience]));
    } catch (error) {
      impatient.abort();
      throw patience.aborted && !ended.aborted ? new Error('it took too long', { cause: error }) : error;
    }
  }

  async function answerFor(at: 'as' | 'rs', request: Request, peer: Peer | undefined): Promise<Response> {
    const url = new URL(request.url);
    const number = (count += 1);
    const begin = now();
    const visit = await visitOf(at, request, url);
    if ('error' in visit) return plain(visit.status, visit.error);
    const cookie = visitCookie(url.port);
    const brought = cookie.read(request.headers);
    const said: string[] = [...visit.changes];
    const write = (
      meaning: Meaning,
      response: ProxiedExchange['response'],
      rest: { readonly error?: string; readonly gave?: string | undefined } = {},
    ) =>
      options.onExchange(
        recordedOf(id, {
          number,
          to: visit.to,
          meaning,
          at: begin,
          milliseconds: now() - begin,
          request: {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: visit.body.slice(0, MAX_RECORDED_CHARACTERS),
          },
          response,
          error: rest.error,
          said,
          peer,
          visit: { brought: visit.to === 'as' ? brought : undefined, gave: rest.gave },
        }),
      );

    if (visit.to === 'as' || visit.meaning === 'mcp') {
      const bound = boundToIssuer(request.headers, url.search, visit.to === 'as' ? visit.body : '');
      if (bound !== undefined) {
        servers.goOutside(bound);
        said.push(`this can't succeed through a proxy: ${bound}`);
      }
    }
    if (visit.to === 'as') redirects.learn(visit.meaning, url, visit.body);

    let response: Response;
    try {
      response = await sentOn(visit, url.port);
    } catch (error) {
      const why = `no answer from ${new URL(visit.upstream).origin}: ${failureOf(error)}`;
      write(visit.meaning, undefined, { error: why });
      return plain(502, why);
    }

    const meaning =
      visit.to === 'as' ? pageMeaning(visit.meaning, request.headers, response.headers) : visit.meaning;
    const headers = responseHeaders(response.headers, { origins: servers.origins(visit.to), port: url.port });
    const challenge = response.headers.get('www-authenticate');
    if (challenge !== null) {
      const shown = challengeOutward(challenge, servers);
      headers.set('www-authenticate', shown);
      if (shown !== challenge) said.push('the challenge names the metadata as this proxy serves it');
    }
    const location = response.headers.get('location');
    if (location !== null) {
      const redirect = redirects.outward(location, visit.upstream, { to: visit.to, meaning });
      headers.set('location', redirect.location);
      said.push(...redirect.changes);
      // A browser that keeps it would be led here when nobody listens any more.
      if (response.status === 301 || response.status === 308) headers.set('cache-control', 'no-store');
    }
    let gave: string | undefined;
    if (meaning === 'authorization-request' && visit.to === 'as') {
      gave = random.token(16);
      headers.append('set-cookie', cookie.write(gave));
    }
    const { status } = response;
    const type = response.headers.get('content-type');
    const isQuiet = isAsset(mediaTypeOf(type)) && status < 400;

    if (response.body === null || request.method === 'HEAD') {
      write(meaning, { status, headers, body: '', truncated: false }, { gave });
      return new Response(null, { status, headers });
    }
    if (isToRewrite(meaning, visit.to, type)) {
      const whole = await orAborted(
        boundedBody(response, MAX_REWRITTEN_BYTES),
        AbortSignal.any([signal, request.signal, AbortSignal.timeout(PATIENCE.other)]),
      ).catch((error: unknown) => ({ failed: failureOf(error) }));
      if (whole === undefined || 'failed' in whole) {
        const why =
          whole === undefined
            ? `the answer of ${new URL(visit.upstream).origin} is larger than ${MAX_REWRITTEN_BYTES / 1024 / 1024} MiB`
            : `the answer of ${new URL(visit.upstream).origin} broke off: ${whole.failed}`;
        write(meaning, undefined, { error: why });
        return plain(502, why);
      }
      const { body, changes } = await rewritten(meaning, new TextDecoder().decode(whole), servers);
      if (status === 200) said.push(...changes);
      if (!isQuiet) {
        write(
          meaning,
          {
            status,
            headers,
            body: body.slice(0, MAX_RECORDED_CHARACTERS),
            truncated: body.length > MAX_RECORDED_CHARACTERS,
          },
          { gave },
        );
      }
      return new Response(body, { status, headers });
    }
    const { stream, tellNow } = watchStream(response.body, ({ text, truncated }) => {
      streams.delete(tellNow);
      if (!isQuiet) write(meaning, { status, headers, body: text, truncated }, { gave });
    });
    streams.set(tellNow, milliseconds());
    return new Response(stream, { status, headers });
  }

  return {
    async answer(at, request, peer) {
      if (!isAddressedToLoopback(request)) {
        return plain(421, 'this proxy answers for names of this machine only');
      }
      if (!METHODS.has(request.method)) return plain(405, `${request.method} is not sent on`);
      if ((request.headers.get('via') ?? '').includes(via)) return plain(508, 'this proxy would ask itself');
      return answerFor(at, request, peer);
    },
    tick() {
      for (const [tellNow, since] of streams) if (milliseconds() - since >= STREAM_MILLISECONDS) tellNow();
    },
  };
}

/** A cookie of the proxy itself, by which the pages of one login are told from those of another. */
function visitCookie(port: string) {
  const name = `mcp-oauth-demo-visit-${port}`;
  return {
    read: (headers: Headers) =>
      (headers.get('cookie') ?? '')
        .split(';')
        .map((pair) => pair.trim())
        .find((pair) => pair.startsWith(`${name}=`))
        ?.slice(name.length + 1),
    write: (value: string) => `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`,
  };
}

function failureOf(error: unknown): string {
  return networkFailure(error);
}

/** One line that a person can act on, whoever shows it to them. */
function plain(status: number, text: string): Response {
  return new Response(`mcp-oauth-demo proxy: ${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}
