import { GOOD, type World } from './support.js';

export const MODERN = '2026-07-28';

/** A request of this revision, with everything that it must carry. */
export function modernMessage(
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  meta: Readonly<Record<string, unknown>> = {},
) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1.2.3' },
    'io.modelcontextprotocol/clientCapabilities': {},
    ...meta,
  };
  return { jsonrpc: '2.0', id: 7, method, params: { ...params, _meta } };
}

/** The headers that repeat it; those with null are left out. */
export function modernHeaders(
  method: string,
  changes: Readonly<Record<string, string | null>> = {},
): Record<string, string> {
  const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': method, ...changes };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

/** Sends such a request with a good token, with what a test wants to be different in it. */
export function sendModern(
  world: World,
  method: string,
  changes: {
    readonly params?: Readonly<Record<string, unknown>>;
    readonly meta?: Readonly<Record<string, unknown>>;
    readonly headers?: Readonly<Record<string, string | null>>;
  } = {},
): Promise<Response> {
  const { params, meta, headers } = changes;
  return world.post(modernMessage(method, params, meta), GOOD, modernHeaders(method, headers));
}
