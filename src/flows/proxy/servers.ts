import { parseJson } from '../../shared/http/json.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { orAborted } from '../../shared/http/or-aborted.js';
import { authorizationServerMetadataLocations } from '../../shared/oauth/well-known.js';
import { type ResolveHost, whyNotAsked } from '../exchange/reach.js';
import { placesIn, type ServerPlaces } from '../record/places.js';
import { boundedBody, MAX_REWRITTEN_BYTES } from './bounded-body.js';
import {
  authorizationServerMetadataOutward,
  BACK_CHANNEL,
  type Document,
  ELSEWHERE,
  whyNotInside,
} from './metadata.js';
import { type OriginPair, type Origins, originsOf } from './origins.js';
import type { ResourceNames } from './translation.js';

/** The servers behind the proxy, as far as they are known. */
export interface Servers {
  /** what URLs are rewritten by, on the way to and from either server */
  origins(side: 'as' | 'rs'): Origins;
  /** the origin of the server behind one of ours; undefined while there is none */
  upstreamOf(side: 'as' | 'rs'): string | undefined;
  /** whether both are at one origin, so that the path says who is asked */
  readonly shareOrigin: boolean;
  readonly resource: ResourceNames | undefined;
  /** @param upstream what the MCP server calls itself */
  named(upstream: string): ResourceNames;
  /** what our paths mean */
  places(side: 'as' | 'rs'): ServerPlaces;
  /** the URL that one of our own paths stands for, as of an endpoint at another host */
  elsewhere(pathname: string): string | undefined;
  /** Remembers where the MCP server says that its metadata is. @returns where the client is told to look */
  metadataAt(url: string): string;
  isResourceMetadata(url: URL): boolean;
  /** Gets to know the authorization server that is named, unless it is known. */
  meet(issuer: string): Promise<void>;
  /** Takes over what the authorization server has just said of itself. */
  learned(metadata: Document): void;
  readonly issuer: string | undefined;
  /** why clients are sent to the real authorization server; undefined while they stay inside */
  readonly outside: string | undefined;
  /** From the next attempt on, only the MCP server is watched. The first reason stays. */
  goOutside(reason: string): void;
}

/** What getting to know servers needs. */
export interface ServersPorts {
  readonly fetch: Fetch;
  readonly resolve: ResolveHost | undefined;
  /** opens the second origin, for an authorization server that is not at the one of the MCP server */
  readonly openOrigin: () => Promise<string>;
  /** tells that only the MCP server is watched, and why */
  readonly onOutside: (reason: string) => void;
  readonly signal: AbortSignal;
}

/** How long getting one metadata document may take. */
const MAX_MILLISECONDS = 10_000;

interface AuthorizationServer extends OriginPair {
  readonly issuer: string;
  readonly metadata: Document | undefined;
}

/** @param rs the MCP server; `target` is its URL */
export function createServers(
  { target, ...rs }: OriginPair & { readonly target: string },
  ports: ServersPorts,
): Servers {
  let as: AuthorizationServer | undefined;
  let second: Promise<string> | undefined;
  let resource: ResourceNames | undefined;
  let outside: string | undefined;
  let metadataUrl: string | undefined;
  const meeting = new Map<string, Promise<void>>();
  const mcp = `${rs.local}${new URL(target).pathname}`;

  function goOutside(reason: string): void {
    if (outside !== undefined) return;
    outside = reason;
    ports.onOutside(reason);
  }

  const origins = (side: 'as' | 'rs') =>
    originsOf([rs, ...(as !== undefined && (side === 'as' || outside === undefined) ? [as] : [])]);

  /** A port that can't be had now may be free later. */
  function secondOrigin(): Promise<string> {
    second ??= ports.openOrigin().catch((error: unknown) => {
      second = undefined;
      throw error;
    });
    return second;
  }

  async function meetNow(issuer: string): Promise<void> {
    const refused = await whyNotAsked(issuer, target, ports.resolve);
    if (refused !== undefined) return goOutside(`${issuer.slice(0, 200)} is not asked: ${refused}`);
    const upstream = new URL(issuer).origin;
    const local = upstream === rs.upstream ? rs.local : await secondOrigin();
    const metadata = await metadataOf(issuer, ports);
    as = { issuer, upstream, local, metadata };
    if (metadata === undefined) return;
    const why = whyNotInside(issuer, metadata);
    if (why !== undefined) goOutside(why);
  }

  return {
    origins,
    upstreamOf: (side) => (side === 'rs' ? rs.upstream : as?.upstream),
    get shareOrigin() {
      return as?.local === rs.local;
    },
    get resource() {
      return resource;
    },
    get issuer() {
      return as?.issuer;
    },
    get outside() {
      return outside;
    },
    named(upstream) {
      const moved = originsOf([rs]).outward(upstream);
      resource = { upstream, local: moved === upstream ? mcp : moved };
      return resource;
    },
    places(side) {
      if (side === 'rs') return { server: 'rs', resource: mcp };
      if (as?.metadata === undefined) return { server: 'as' };
      return placesIn(
        'as',
        authorizationServerMetadataOutward(as.metadata, origins('as'), as.local).document,
      );
    },
    elsewhere(pathname) {
      if (!pathname.startsWith(ELSEWHERE)) return undefined;
      const member = pathname.slice(ELSEWHERE.length);
      if (member === RESOURCE_METADATA) return metadataUrl;
      const value = BACK_CHANNEL.some((one) => one === member) ? as?.metadata?.[member] : undefined;
      return typeof value === 'string' && !origins('as').isUpstream(new URL(value)) ? value : undefined;
    },
    metadataAt(url) {
      if (!URL.canParse(url)) return url;
      metadataUrl = url;
      const moved = originsOf([rs]).outward(url);
      return moved === url ? `${rs.local}${ELSEWHERE}${RESOURCE_METADATA}` : moved;
    },
    isResourceMetadata: ({ pathname }) =>
      pathname.startsWith('/.well-known/oauth-protected-resource') ||
      pathname === ELSEWHERE + RESOURCE_METADATA ||
      (metadataUrl !== undefined &&
        new URL(metadataUrl).origin === rs.upstream &&
        pathname === new URL(metadataUrl).pathname),
    meet(issuer) {
      if (!URL.canParse(issuer)) return Promise.resolve();
      if (as?.issuer === issuer && as.metadata !== undefined) return Promise.resolve();
      const under = meeting.get(issuer) ?? meetNow(issuer).finally(() => meeting.delete(issuer));
      meeting.set(issuer, under);
      return under;
    },
    learned(metadata) {
      if (as === undefined) return;
      as = { ...as, metadata };
      const why = whyNotInside(as.issuer, metadata);
      if (why !== undefined) goOutside(why);
    },
    goOutside,
  };
}

/** Where metadata is asked for that is at another host than the MCP server which names it. */
const RESOURCE_METADATA = 'resource-metadata';

async function metadataOf(
  issuer: string,
  ports: Pick<ServersPorts, 'fetch' | 'signal'>,
): Promise<Document | undefined> {
  for (const { url } of authorizationServerMetadataLocations(issuer)) {
    const document = await documentAt(url, ports);
    if (document !== undefined && typeof document['issuer'] === 'string') return document;
  }
  return undefined;
}

/** A JSON object; undefined where there is none, for whatever reason. */
export async function documentAt(
  url: string,
  ports: Pick<ServersPorts, 'fetch' | 'signal'>,
): Promise<Document | undefined> {
  const bounded = AbortSignal.any([ports.signal, AbortSignal.timeout(MAX_MILLISECONDS)]);
  try {
    const sent = ports.fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: bounded,
    });
    const response = await orAborted(sent, bounded);
    const body = await orAborted(boundedBody(response, MAX_REWRITTEN_BYTES), bounded);
    return response.status === 200 && body !== undefined
      ? documentIn(new TextDecoder().decode(body))
      : undefined;
  } catch {
    return undefined;
  }
}

/** The JSON object that a text is. */
export function documentIn(text: string): Document | undefined {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Document)
    : undefined;
}
