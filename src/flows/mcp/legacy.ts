import type { McpAnswer, McpConnection } from './connection.js';
import { eraOf, MCP_REVISIONS, type McpRevision } from '../../shared/oauth/revisions.js';
import { REVISION_RULES } from '../specification/revisions.js';
import { type McpPeer, postNotification, postRequest } from './post.js';

/** The newest revision of the era of `initialize`. */
const NEWEST_LEGACY_REVISION: McpRevision = '2025-11-25';

/**
 * Opens a session as servers of 2025-11-25 and before want it: `initialize`, then `notifications/initialized`.
 *
 * @param because how it was found out that the server is of this era
 * @param wanted the revision to insist on; without it any of this era is taken
 * @returns the connection, or the answer that refused it
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle MCP 2025-11-25, lifecycle}
 */
export async function openLegacyConnection(
  peer: McpPeer,
  because: string,
  wanted?: McpRevision,
): Promise<McpConnection | Exclude<McpAnswer, { kind: 'result' }>> {
  const answer = await postRequest(
    peer,
    {
      id: peer.nextId(),
      method: 'initialize',
      params: {
        protocolVersion: wanted ?? NEWEST_LEGACY_REVISION,
        capabilities: {},
        clientInfo: peer.client,
      },
    },
    {},
  );
  if (answer.kind !== 'result') return answer;
  const { exchange } = answer;
  const revision = negotiated(answer.result['protocolVersion'], wanted);
  if (!revision.ok) return { kind: 'failed', exchange, reason: `initialize: ${revision.why}` };
  const session = exchange.response?.headers.get('mcp-session-id') ?? undefined;
  if (session !== undefined && !SESSION_ID.test(session)) {
    const reason =
      'initialize: the Mcp-Session-Id is not one to send back (visible ASCII, up to 1024 characters)';
    return { kind: 'failed', exchange, reason };
  }
  const headers = {
    ...(revision.withHeader && { 'mcp-protocol-version': revision.value }),
    ...(session !== undefined && { 'mcp-session-id': session }),
  };
  await postNotification(peer, 'notifications/initialized', headers);
  return {
    era: '2025',
    revision: revision.value,
    because,
    request: (method, params) => postRequest(peer, { id: peer.nextId(), method, params }, headers),
    close: async () => {
      if (session === undefined) return;
      await peer.send({
        method: 'DELETE',
        url: peer.target,
        headers: { ...(peer.token !== undefined && { authorization: `Bearer ${peer.token}` }), ...headers },
      });
    },
  };
}

/**
 * What can be sent back in a header.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management MCP 2025-11-25, session management}
 */
const SESSION_ID = /^[\x21-\x7E]{1,1024}$/;

/** The oldest of the transport that this client speaks with a server; before it there was HTTP+SSE. */
const OLDER_REVISION = '2024-11-05';

type Negotiated =
  | { readonly ok: true; readonly value: string; readonly withHeader: boolean }
  | { readonly ok: false; readonly why: string };

/**
 * The revision that a server answers `initialize` with. It may be an older one than the client offered, and a client that
 * does not know it ends there.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#version-negotiation MCP 2025-11-25, version negotiation}
 */
function negotiated(answered: unknown, wanted: McpRevision | undefined): Negotiated {
  if (wanted !== undefined && answered !== wanted) {
    return { ok: false, why: `${inWords(answered)}, although --revision asks for ${wanted}` };
  }
  if (answered === OLDER_REVISION) return { ok: true, value: answered, withHeader: false };
  const known = MCP_REVISIONS.find((revision) => revision === answered && eraOf(revision) === '2025');
  if (known === undefined) return { ok: false, why: `${inWords(answered)}, which this client does not know` };
  return { ok: true, value: known, withHeader: REVISION_RULES[known].versionHeader };
}

function inWords(answered: unknown): string {
  return typeof answered === 'string'
    ? `the server answers with protocolVersion ${JSON.stringify(answered.slice(0, 40))}`
    : 'the server answers without a protocolVersion';
}
