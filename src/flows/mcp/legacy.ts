import type { HttpExchange } from '../exchange.js';
import type { McpAnswer, McpConnection } from './connection.js';
import { type McpPeer, postNotification, postRequest } from './post.js';

/** The newest revision of the era of `initialize`. */
const NEWEST_LEGACY_REVISION = '2025-11-25';

/**
 * Opens a session as servers of 2025-11-25 and before want it: `initialize`, then `notifications/initialized`.
 *
 * @param because how it was found out that the server is of this era
 * @returns the connection, or the answer that refused it
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle MCP 2025-11-25, lifecycle}
 */
export async function openLegacyConnection(
  peer: McpPeer,
  because: string,
): Promise<McpConnection | Exclude<McpAnswer, { kind: 'result' }>> {
  let opened: HttpExchange | undefined;
  const observing: McpPeer = {
    ...peer,
    send: async (request, enough) => (opened = await peer.send(request, enough)),
  };
  const answer = await postRequest(
    observing,
    {
      id: peer.nextId(),
      method: 'initialize',
      params: { protocolVersion: NEWEST_LEGACY_REVISION, capabilities: {}, clientInfo: peer.client },
    },
    {},
  );
  if (answer.kind !== 'result') return answer;
  const negotiated = answer.result['protocolVersion'];
  const revision = typeof negotiated === 'string' ? negotiated : NEWEST_LEGACY_REVISION;
  const session = opened?.response?.headers.get('mcp-session-id') ?? undefined;
  const headers = {
    'mcp-protocol-version': revision,
    ...(session !== undefined && { 'mcp-session-id': session }),
  };
  await postNotification(peer, 'notifications/initialized', headers);
  return {
    era: '2025',
    revision,
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
