import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { parseJson } from '../../shared/http/json.js';
import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { ToldRefusal } from '../front.js';
import { isObject, JSON_RPC, type McpAnswer } from './json-rpc.js';

/** A JSON-RPC error as both SDKs write it. */
const jsonRpcError = z.object({ error: z.object({ code: z.number(), message: z.string() }) });

/** Messages may repeat what the client sent; the log needs no more of that, in characters. */
const MAX_DESCRIPTION_LENGTH = 200;

/**
 * The JSON-RPC error codes that say what was wrong.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes MCP 2026-07-28, error codes}
 */
const BY_CODE: Readonly<Record<number, RefusalReason>> = {
  [JSON_RPC.parseError]: 'mcp_message_invalid',
  [JSON_RPC.invalidRequest]: 'mcp_message_invalid',
  [JSON_RPC.methodNotFound]: 'mcp_method_unknown',
  [JSON_RPC.invalidParams]: 'mcp_params_invalid',
  [JSON_RPC.headerMismatch]: 'mcp_header_mismatch',
  [JSON_RPC.missingClientCapability]: 'client_capability_missing',
  [JSON_RPC.unsupportedProtocolVersion]: 'protocol_version_not_supported',
};

/** HTTP statuses that say it where the code does not. */
const BY_STATUS: Readonly<Record<number, RefusalReason>> = {
  404: 'session_not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  409: 'stream_open_already',
};

/**
 * Tells from an error answer of an SDK what was wrong with the request. The SDKs name no reasons; their codes and the
 * statuses do, as far as they go.
 *
 * @param status 400 or more
 * @param body undefined if it is no JSON
 */
function refusalOf(request: Request, status: number, body: unknown): ToldRefusal {
  const parsed = jsonRpcError.safeParse(body);
  const { code, message } = parsed.success ? parsed.data.error : { code: status, message: 'not served' };
  return {
    reason: reasonOf(request, status, code),
    error: String(code),
    description: message.slice(0, MAX_DESCRIPTION_LENGTH),
  };
}

function reasonOf(request: Request, status: number, code: number): RefusalReason {
  const known = BY_CODE[code] ?? BY_STATUS[status];
  if (known) return known;
  // SDK v1 has one code for all that is wrong with the headers.
  const version = request.headers.get('mcp-protocol-version');
  if (version !== null && !SUPPORTED_PROTOCOL_VERSIONS.includes(version))
    return 'protocol_version_not_supported';
  return 'mcp_refused';
}

/** What an SDK answered, and why, if it refused. */
export async function answerOf(request: Request, response: Response): Promise<McpAnswer> {
  if (response.status < 400) return { response };
  const body = parseJson(await response.clone().text());
  return { response: withoutNullId(response, body), refusal: refusalOf(request, response.status, body) };
}

/**
 * JSON-RPC has `null` for an id that could not be read, and so have the SDKs; MCP leaves it out.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic#error-responses MCP, error responses}
 */
function withoutNullId(response: Response, body: unknown): Response {
  if (!isObject(body) || body['id'] !== null) return response;
  const { status, headers } = response;
  const kept = new Headers(headers);
  kept.delete('content-length');
  return new Response(JSON.stringify({ ...body, id: undefined }), { status, headers: kept });
}
