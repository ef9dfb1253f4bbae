import type { McpConnection } from './connection.js';
import { type McpPeer, postRequest } from './post.js';

/** Text that a header can carry as it is; anything else goes in Base64. */
const PLAIN = /^(?!=\?base64\?.*\?=$)[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/;

/**
 * A value for `Mcp-Name`.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding MCP, value encoding}
 */
function headerValue(value: string): string {
  return PLAIN.test(value) ? value : `=?base64?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}

/**
 * Requests of the stateless era: each carries version, client and capabilities, and mirrors its method and name into
 * headers.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#request-metadata MCP, request metadata}
 */
export function modernConnection(peer: McpPeer, revision: string, because: string): McpConnection {
  return {
    era: '2026-07-28',
    revision,
    because,
    request: (method, params) => {
      const name = typeof params['name'] === 'string' ? params['name'] : undefined;
      return postRequest(
        peer,
        {
          id: peer.nextId(),
          method,
          params: {
            ...params,
            _meta: {
              'io.modelcontextprotocol/protocolVersion': revision,
              'io.modelcontextprotocol/clientInfo': peer.client,
              'io.modelcontextprotocol/clientCapabilities':
                peer.extensions.length === 0
                  ? {}
                  : { extensions: Object.fromEntries(peer.extensions.map((name) => [name, {}])) },
            },
          },
        },
        {
          'mcp-protocol-version': revision,
          'mcp-method': method,
          ...(name !== undefined && { 'mcp-name': headerValue(name) }),
        },
      );
    },
    close: async () => undefined,
  };
}
