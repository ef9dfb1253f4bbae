import { isLegacyRequest } from '@modelcontextprotocol/server';
import { type EraChoice, eraOf, type McpEra, revisionsSpoken } from '../../shared/oauth/revisions.js';
import { idOf, isObject, JSON_RPC, type McpAnswer, refuse } from './json-rpc.js';
import { metaOf, PROTOCOL_VERSION } from './request-meta.js';

/** A request, and what came of its body: undefined for GET and DELETE. */
export interface ReadRequest {
  readonly request: Request;
  readonly body: unknown;
}

/** The era that a request is to be served in, or the answer to one of an era that is switched off. */
export type EraDecision = { readonly era: McpEra } | { readonly refused: McpAnswer };

/**
 * Tells the era of a request by its body, and by its headers where the body does not.
 *
 * @param choice which eras are on
 * @returns for a request of the other era an answer that its client understands
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning#backward-compatibility-with-initialization-based-versions MCP, versioning}
 */
export async function decideEra(choice: EraChoice, read: ReadRequest): Promise<EraDecision> {
  if (choice === '2025') return namesModernRevision(read) ? { refused: refuseModern(read) } : { era: '2025' };
  const legacy = await isLegacyRequest(read.request, read.body);
  if (choice === 'both' || !legacy) return { era: legacy ? '2025' : '2026-07-28' };
  // What is no request of anybody's, as a batch, the newer era refuses by itself.
  return idOf(read.body) === undefined ? { era: '2026-07-28' } : { refused: refuseLegacy(read) };
}

/** Whether a request is of a revision that carries its version in each request, or says so in its header. */
function namesModernRevision({ request, body }: ReadRequest): boolean {
  const header = request.headers.get('mcp-protocol-version');
  return metaOf(body)?.[PROTOCOL_VERSION] !== undefined || (header !== null && eraOf(header) !== '2025');
}

/**
 * An error that is none of the newer revision's own is how its clients know an older server: they go on with
 * `initialize`.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#backward-compatibility MCP, backward compatibility}
 */
function refuseModern({ body }: ReadRequest): McpAnswer {
  return refuse({
    status: 400,
    code: JSON_RPC.refused,
    message: `this server speaks MCP ${revisionsSpoken('2025').join(', ')} only; begin with initialize`,
    reason: 'era_switched_off',
    id: idOf(body),
  });
}

/**
 * Older clients can't go on with a newer revision: the message is all that their users will see. A request that names
 * its revision gets the error for that; one that names none lacks a header that is required here.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#protocol-version-header MCP, protocol version header}
 */
function refuseLegacy({ request, body }: ReadRequest): McpAnswer {
  const supported = revisionsSpoken('2026-07-28');
  const requested = requestedRevision(request, body);
  return refuse({
    status: 400,
    code: requested === undefined ? JSON_RPC.headerMismatch : JSON_RPC.unsupportedProtocolVersion,
    message:
      requested === undefined
        ? `the MCP-Protocol-Version header is missing; this server speaks MCP ${supported.join(', ')} only`
        : `unsupported protocol version ${requested}; this server speaks MCP ${supported.join(', ')} only`,
    reason: 'era_switched_off',
    id: idOf(body),
    data: requested === undefined ? { supported } : { supported, requested },
  });
}

/** A version is a date; an answer echoes no more than that takes. */
const MAX_REVISION_LENGTH = 40;

/** The version that `initialize` asks for, or that the header of another request names. */
function requestedRevision(request: Request, body: unknown): string | undefined {
  const params = isObject(body) && body['method'] === 'initialize' ? body['params'] : undefined;
  const asked = isObject(params) ? params['protocolVersion'] : undefined;
  const named = typeof asked === 'string' ? asked : request.headers.get('mcp-protocol-version');
  return named?.slice(0, MAX_REVISION_LENGTH);
}
