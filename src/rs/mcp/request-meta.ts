import { isObject, metaIn } from './json-rpc.js';

/** Where a request of MCP 2026-07-28 says which revision it is of. */
export const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';

/**
 * What a message says of itself.
 *
 * @param body a parsed message, of whatever shape
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic#_meta MCP, _meta}
 */
export function metaOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  return isObject(body) ? metaIn(body['params']) : undefined;
}
