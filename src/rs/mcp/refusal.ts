import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { ToldRefusal } from '../front.js';
import type { McpAnswer } from './json-rpc.js';

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
  [-32700]: 'mcp_message_invalid',
  [-32600]: 'mcp_message_invalid',
  [-32601]: 'mcp_method_unknown',
  [-32602]: 'mcp_params_invalid',
  [-32020]: 'mcp_header_mismatch',
  [-32021]: 'client_capability_missing',
  [-32022]: 'protocol_version_not_supported',
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
 * @param response with a status of 400 or more; it can still be read afterwards
 */
async function refusalOf(request: Request, response: Response): Promise<ToldRefusal> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const parsed = jsonRpcError.safeParse(body);
  const { code, message } = parsed.success
    ? parsed.data.error
    : { code: response.status, message: 'not served' };
  return {
    reason: reasonOf(request, response.status, code),
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
  return response.status < 400 ? { response } : { response, refusal: await refusalOf(request, response) };
}
