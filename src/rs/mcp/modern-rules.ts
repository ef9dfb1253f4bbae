import { type EraChoice, eraOf, revisionsSpoken } from '../../shared/oauth/revisions.js';
import type { ReadRequest } from './eras.js';
import { idOf, JSON_RPC, type McpAnswer, refuse } from './json-rpc.js';
import { metaOf, PROTOCOL_VERSION } from './request-meta.js';

/** A rule of MCP 2026-07-28 that the SDK leaves to the server: the answer to a request that breaks it. */
type Rule = (read: ReadRequest, choice: EraChoice) => McpAnswer | undefined;

/**
 * Holds a request against the rules that the SDK does not enforce, or enforces otherwise than the text has it.
 *
 * @param choice the eras that are on, which decide on the versions that an error names
 * @returns undefined for a request that may go on to the SDK
 */
export function checkModernRequest(read: ReadRequest, choice: EraChoice): McpAnswer | undefined {
  for (const rule of RULES) {
    const refusal = rule(read, choice);
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

/**
 * The SDK names only the revisions that it would serve itself; the sessions of the other era are there as well. A header
 * that contradicts the body is left to it: that is another error.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#protocol-version-negotiation MCP, protocol version negotiation}
 */
const revisionIsSpoken: Rule = ({ request, body }, choice) => {
  const requested = metaOf(body)?.[PROTOCOL_VERSION];
  if (typeof requested !== 'string') return undefined;
  if ((request.headers.get('mcp-protocol-version') ?? requested) !== requested) return undefined;
  const supported = revisionsSpoken(choice);
  if (supported.some((revision) => revision === requested && eraOf(revision) === '2026-07-28'))
    return undefined;
  return refuse({
    status: 400,
    code: JSON_RPC.unsupportedProtocolVersion,
    message: 'Unsupported protocol version',
    reason: 'protocol_version_not_supported',
    id: idOf(body),
    data: { supported, requested },
  });
};

const RULES: readonly Rule[] = [acceptsBothAnswers, headersArePlain, revisionIsSpoken];
