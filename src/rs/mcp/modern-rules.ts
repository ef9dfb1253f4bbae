import type { ReadRequest } from './eras.js';
import { idOf, JSON_RPC, type McpAnswer, refuse } from './json-rpc.js';

/** A rule of MCP 2026-07-28 that the SDK leaves to the server: the answer to a request that breaks it. */
type Rule = (read: ReadRequest) => McpAnswer | undefined;

/**
 * Holds a request against the rules that the SDK does not enforce.
 *
 * @returns undefined for a request that may go on to the SDK
 */
export function checkModernRequest(read: ReadRequest): McpAnswer | undefined {
  for (const rule of RULES) {
    const refusal = rule(read);
    if (refusal) return refusal;
  }
  return undefined;
}

/**
 * Which of the two an answer will be is the server's choice. The 2025 era has the same rule, and its SDK enforces it.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#sending-messages MCP, sending messages}
 */
const acceptsBothAnswers: Rule = ({ request, body }) => {
  const accept = request.headers.get('accept')?.toLowerCase() ?? '';
  if (accept.includes('application/json') && accept.includes('text/event-stream')) return undefined;
  return refuse({
    status: 406,
    code: JSON_RPC.invalidRequest,
    message: 'the Accept header must list both application/json and text/event-stream',
    reason: 'not_acceptable',
    id: idOf(body),
  });
};

/** What a header value may consist of without being encoded. */
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

/**
 * What is beyond ASCII is to be encoded: two readers of the raw bytes may take them for different names.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation MCP, server validation}
 */
const headersArePlain: Rule = ({ request, body }) => {
  const wrong = [...request.headers].find(([name, value]) => isMirror(name) && !HEADER_TEXT.test(value));
  if (!wrong) return undefined;
  return refuse({
    status: 400,
    code: JSON_RPC.headerMismatch,
    message: `Header mismatch: ${wrong[0]} has other characters than visible ASCII, space and tab`,
    reason: 'mcp_header_mismatch',
    id: idOf(body),
  });
};

/** Whether a header repeats something of the body. */
function isMirror(name: string): boolean {
  return /^mcp-(protocol-version|method|name|param-.+)$/.test(name);
}

const RULES: readonly Rule[] = [acceptsBothAnswers, headersArePlain];
