// One call of the built-in tool, as MCP 2026-07-28 has it, for whoever sends many.

const VERSION = '2026-07-28';

export const TOOL_CALL_HEADERS = {
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': VERSION,
  'mcp-method': 'tools/call',
  'mcp-name': 'get_time',
};

/** @param client what the client calls itself */
export function toolCall(client) {
  return {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'get_time',
      arguments: {},
      _meta: {
        'io.modelcontextprotocol/protocolVersion': VERSION,
        'io.modelcontextprotocol/clientInfo': { name: client, version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
}
