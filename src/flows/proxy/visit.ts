import { type ResolveHost, whyNotAsked } from '../exchange/reach.js';
import { meaningOf } from '../record/meaning.js';
import type { Meaning } from '../record/recorded-exchange.js';
import { boundedBody, MAX_REQUEST_BYTES } from './bounded-body.js';
import { ELSEWHERE } from './metadata.js';
import { pageMeaning } from './recording.js';
import type { Servers } from './servers.js';
import { requestInward } from './translation.js';

/** Which server a request is for, and what it asks. */
interface Aim {
  readonly to: 'as' | 'rs';
  readonly meaning: Meaning;
}

/** A request that came in, and what it is when it is sent on. */
export interface Visit extends Aim {
  readonly request: Request;
  readonly url: URL;
  /** as it came, as text */
  readonly body: string;
  /** where it is sent on to */
  readonly upstream: string;
  /** the body that is sent on */
  readonly sent: Uint8Array<ArrayBuffer>;
  /** what is different in it, in words */
  readonly changes: readonly string[];
}

/** Why a request is not sent on. */
export interface Refused {
  readonly status: number;
  readonly error: string;
}

/** What finding out about a request needs. */
export interface VisitPorts {
  readonly servers: Servers;
  /** URL of the MCP server, which the user named */
  readonly target: string;
  readonly resolve: ResolveHost | undefined;
}

/**
 * Reads a request as a whole, and finds out for whom it is.
 *
 * @param at which of the proxy's origins was asked
 */
export async function visitOf(
  at: 'as' | 'rs',
  request: Request,
  ports: VisitPorts,
): Promise<Visit | Refused> {
  const { servers } = ports;
  const url = new URL(request.url);
  const bytes = await boundedBody(request, MAX_REQUEST_BYTES).catch(() => 'broken off' as const);
  if (bytes === 'broken off') return { status: 400, error: 'the request ended before all of it had come' };
  if (bytes === undefined) {
    return { status: 413, error: `the request is larger than ${MAX_REQUEST_BYTES / 1024 / 1024} MiB` };
  }
  const place = await placeOf(at, url, ports);
  if (typeof place !== 'string') return place;
  const aim = aimOf(at, request.method, url, servers);
  const body = new TextDecoder().decode(bytes);
  const visit = { request, url, body };
  if (aim.to === 'rs') return { ...visit, ...aim, upstream: place + url.search, sent: bytes, changes: [] };
  const { headers } = request;
  const meaning = pageMeaning(aim.meaning, headers, undefined);
  const translated = requestInward(
    { meaning, search: url.search, headers, body },
    servers.origins('as'),
    servers.resource,
  );
  return {
    ...visit,
    to: 'as',
    meaning,
    upstream: place + translated.search,
    sent: translated.body === body ? bytes : new TextEncoder().encode(translated.body),
    changes: translated.changes,
  };
}

function aimOf(at: 'as' | 'rs', method: string, url: URL, servers: Servers): Aim {
  const as = () => meaningOf(method, url, servers.places('as'));
  if (at === 'as') return { to: 'as', meaning: as() };
  const meaning = meaningOf(method, url, servers.places('rs'));
  if (meaning === 'mcp' || meaning === 'preflight') return { to: 'rs', meaning };
  if (servers.isResourceMetadata(url)) return { to: 'rs', meaning: 'resource-metadata' };
  if (servers.shareOrigin) return { to: 'as', meaning: as() };
  // Without metadata of the MCP server, clients look for that of an authorization server here.
  const isTheirs = /^\/\.well-known\/(?:oauth-authorization-server|openid-configuration)/.test(url.pathname);
  return isTheirs && servers.issuer === undefined
    ? { to: 'as', meaning: 'authorization-server-metadata' }
    : { to: 'rs', meaning };
}

/** The URL that is asked, without its query. No request says where it goes: its path is put behind an origin that is known. */
async function placeOf(
  at: 'as' | 'rs',
  url: URL,
  { servers, target, resolve }: VisitPorts,
): Promise<string | Refused> {
  if (url.pathname.startsWith(ELSEWHERE)) {
    const elsewhere = servers.elsewhere(url.pathname);
    if (elsewhere === undefined) return { status: 502, error: 'no server has named such an endpoint' };
    const refused = await whyNotAsked(elsewhere, target, resolve);
    return refused === undefined ? elsewhere : { status: 502, error: refused };
  }
  const origin = servers.upstreamOf(at);
  return origin === undefined
    ? { status: 502, error: 'the MCP server has not named an authorization server yet' }
    : origin + url.pathname;
}
