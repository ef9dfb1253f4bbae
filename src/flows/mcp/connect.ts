import * as z from 'zod';
import { eraOf, NEWEST_REVISION } from '../../shared/oauth/revisions.js';
import type { McpAnswer, McpConnection } from './connection.js';
import { openLegacyConnection } from './legacy.js';
import { modernConnection } from './modern.js';
import type { McpPeer } from './post.js';

/** Errors that only a server of the stateless era sends: header mismatch, missing capability, unsupported version. */
const MODERN_ERRORS: ReadonlySet<number> = new Set([-32020, -32021, -32022]);
const UNSUPPORTED_VERSION = -32022;
const METHOD_NOT_FOUND = -32601;

const versions = z.object({ supported: z.array(z.string()) });
const discovered = z.object({ supportedVersions: z.array(z.string()) });

/** A connection, or the answer because of which there is none. */
export type Connected = McpConnection | Exclude<McpAnswer, { kind: 'result' }>;

/**
 * Finds out which era the server is of: the newest first, `initialize` if it turns out to be older.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#backward-compatibility MCP, backward compatibility}
 */
export async function connect(peer: McpPeer): Promise<Connected> {
  if (peer.revision === undefined) return findRevision(peer);
  const because = 'its user asked for this revision (--revision)';
  return eraOf(peer.revision) === '2025'
    ? openLegacyConnection(peer, because, peer.revision)
    : connectModern(peer, because);
}

/** Only the newest: a server of the older era is told apart from one that is broken, and not followed there. */
async function connectModern(peer: McpPeer, because: string): Promise<Connected> {
  const probe = await modernConnection(peer, NEWEST_REVISION, '').request('server/discover', {});
  if (probe.kind === 'refused') return probe;
  if (probe.kind === 'result') {
    const supported = supportedVersions(probe.result);
    if (supported.includes(NEWEST_REVISION)) return modernConnection(peer, NEWEST_REVISION, because);
    const reason = `the server does not speak MCP ${NEWEST_REVISION}: server/discover lists ${namesOf(supported)}`;
    return { kind: 'failed', exchange: probe.exchange, reason };
  }
  if (isUnknownDiscovery(probe)) return modernConnection(peer, NEWEST_REVISION, because);
  if (probe.exchange.response === undefined || probe.exchange.error !== undefined) return probe;
  return {
    ...probe,
    reason: `the server does not speak MCP ${NEWEST_REVISION}, which --revision asks for (${probe.reason})`,
  };
}

async function findRevision(peer: McpPeer): Promise<Connected> {
  const probe = await modernConnection(peer, NEWEST_REVISION, '').request('server/discover', {});
  if (probe.kind === 'refused') return probe;
  if (probe.kind === 'result') return afterDiscovery(peer, probe.result);
  if (!probe.exchange.response || probe.exchange.error !== undefined) return probe;

  if (probe.code === UNSUPPORTED_VERSION) return withSupportedVersion(peer, probe);
  if (probe.code !== undefined && MODERN_ERRORS.has(probe.code)) return probe;
  if (isUnknownDiscovery(probe)) {
    const because =
      'server/discover is unknown there, and said so as only a server of this era does (404, -32601)';
    return modernConnection(peer, NEWEST_REVISION, because);
  }
  const { status } = probe.exchange.response;
  if (status >= 500 || (status >= 300 && status < 400)) return probe;
  const said = probe.code === undefined ? `${status}` : `${status}, error ${probe.code}`;
  return openLegacyConnection(
    peer,
    `server/discover was answered with ${said}, which is no answer of ${NEWEST_REVISION}`,
  );
}

function afterDiscovery(
  peer: McpPeer,
  result: Readonly<Record<string, unknown>>,
): Connected | Promise<Connected> {
  const supported = supportedVersions(result);
  const because = `server/discover lists ${namesOf(supported)}`;
  const revision = newestModern(supported);
  if (revision !== undefined) return modernConnection(peer, revision, because);
  return openLegacyConnection(peer, because);
}

function supportedVersions(result: Readonly<Record<string, unknown>>): readonly string[] {
  const parsed = discovered.safeParse(result);
  return parsed.success ? parsed.data.supportedVersions : [NEWEST_REVISION];
}

/** So many of the versions that a server lists are told. */
const MAX_NAMES = 8;

function namesOf(versions: readonly string[]): string {
  const more = versions.length - MAX_NAMES;
  return [...versions.slice(0, MAX_NAMES), ...(more > 0 ? [`${more} more`] : [])].join(', ') || 'none';
}

/** server/discover is optional knowledge to a client; a server of this era says so in its own way. */
function isUnknownDiscovery({ code, exchange }: Extract<McpAnswer, { kind: 'failed' }>): boolean {
  return code === METHOD_NOT_FOUND && exchange.response?.status === 404;
}

/** The server speaks a modern version, but not this one, or it names only older ones. */
function withSupportedVersion(
  peer: McpPeer,
  probe: Extract<McpAnswer, { kind: 'failed' }>,
): Connected | Promise<Connected> {
  const parsed = versions.safeParse(probe.data);
  if (!parsed.success) return probe;
  const { supported } = parsed.data;
  const because = `it does not speak ${NEWEST_REVISION}, and lists ${namesOf(supported)}`;
  if (supported.some((version) => eraOf(version) === '2025')) return openLegacyConnection(peer, because);
  return { ...probe, reason: `no revision in common: ${because}` };
}

/** Only revisions that this client knows: it can't speak what was written after it. */
function newestModern(supported: readonly string[]): string | undefined {
  return supported.includes(NEWEST_REVISION) ? NEWEST_REVISION : undefined;
}

/** Whether a server could be connected to. */
export function isConnection(connected: Connected): connected is McpConnection {
  return 'request' in connected;
}
