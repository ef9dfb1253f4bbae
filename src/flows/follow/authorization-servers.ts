import { readText } from '../../shared/http/body.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { parseJson } from '../../shared/http/json.js';
import { protectedResourceMetadata } from '../../shared/oauth/metadata.js';
import { wellKnownUrl } from '../../shared/oauth/well-known.js';
import { networkFailure } from '../exchange/network-failure.js';
import { type ResolveHost, whyNotAsked } from '../exchange/reach.js';

/** Issuers that an MCP server trusts, or why they cannot be told. */
export type FoundServers =
  | { readonly found: true; readonly issuers: readonly string[] }
  | { readonly found: false; readonly why: string };

/** What is needed to look. */
export interface LookPorts {
  readonly fetch: Fetch;
  readonly userAgent: string;
  readonly resolve?: ResolveHost;
  readonly signal: AbortSignal;
}

/** Nobody's metadata is larger. */
const MAX_BYTES = 256 * 1024;

/** For one document, in milliseconds. */
const TIME_LIMIT = 10_000;

/** More than one is rare; more than these are not followed. */
const MAX_SERVERS = 5;

/**
 * Finds the authorization servers of an MCP server by its metadata, at the path form and at the root. No token is asked
 * for and no MCP message is sent: whoever watches is to leave no flow of its own.
 *
 * @param resource URL of the MCP server
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3 RFC 9728 §3}
 */
export async function findAuthorizationServers(resource: string, ports: LookPorts): Promise<FoundServers> {
  const suffix = 'oauth-protected-resource';
  const places = new Set([
    wellKnownUrl(resource, suffix),
    wellKnownUrl(`${new URL(resource).origin}/`, suffix),
  ]);
  const faults: string[] = [];
  for (const place of places) {
    const read = await readJson(place, ports);
    const metadata = 'value' in read ? protectedResourceMetadata.safeParse(read.value) : undefined;
    if (metadata?.success) {
      return allowed(metadata.data.authorization_servers?.slice(0, MAX_SERVERS) ?? [], resource, ports);
    }
    faults.push('fault' in read ? read.fault : `${place} is no resource metadata`);
  }
  return { found: false, why: faults[0]! };
}

/** Those of the issuers that whoever named them may send us to. */
async function allowed(
  issuers: readonly string[],
  resource: string,
  { resolve }: LookPorts,
): Promise<FoundServers> {
  const asked = await Promise.all(
    issuers.map(async (issuer) => ({ issuer, not: await whyNotAsked(issuer, resource, resolve) })),
  );
  const good = asked.filter(({ not }) => not === undefined).map(({ issuer }) => issuer);
  if (good.length > 0) return { found: true, issuers: good };
  const [first] = asked;
  return {
    found: false,
    why: first ? `${first.issuer} ${first.not}` : 'its metadata names no authorization server',
  };
}

/**
 * Reads a JSON document of a server.
 *
 * @returns the value, or in words why there is none
 */
export async function readJson(
  url: string,
  ports: LookPorts,
): Promise<{ readonly value: unknown } | { readonly fault: string }> {
  try {
    const response = await ports.fetch(url, {
      redirect: 'manual',
      headers: { accept: 'application/json', 'user-agent': ports.userAgent },
      signal: AbortSignal.any([ports.signal, AbortSignal.timeout(TIME_LIMIT)]),
    });
    if (response.status !== 200) {
      await response.body?.cancel().catch(() => undefined);
      return { fault: `${url} answers ${response.status}` };
    }
    const value = parseJson(await readText(response, MAX_BYTES));
    return value === undefined ? { fault: `${url} is not JSON` } : { value };
  } catch (error) {
    return { fault: `${url}: ${networkFailure(error)}` };
  }
}
