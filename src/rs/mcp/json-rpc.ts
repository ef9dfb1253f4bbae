import { parseTraceParent } from '../../shared/http/trace-context.js';
import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { ToldRefusal } from '../front.js';

/**
 * The codes of JSON-RPC, those of MCP 2026-07-28, and two that servers of the 2025 era use for what HTTP refuses: the
 * newer revision has no room for these any more.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes MCP, error codes}
 */
export const JSON_RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedProtocolVersion: -32022,
  refused: -32000,
  sessionNotFound: -32001,
} as const;

/** An answer, and for one that refuses why. */
export interface McpAnswer {
  readonly response: Response;
  /** of a refusal that an event of its own has told of */
  readonly reason?: RefusalReason;
  /** of one that is still to be told of */
  readonly refusal?: ToldRefusal;
}

/**
 * The answer to a message that was not served. Where the id of the message is not known the answer has none: MCP knows
 * no `null` for it.
 *
 * @param refusal HTTP status, JSON-RPC code, text for the client, reason code; the id of the message, and what else the
 *   code has to say
 */
export function refuse(refusal: {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly reason: RefusalReason;
  readonly id?: MessageId | undefined;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}): McpAnswer {
  const { status, code, message, reason, id, data } = refusal;
  const body = { jsonrpc: '2.0', id, error: { code, message, data } };
  return {
    response: Response.json(body, { status, headers: { 'cache-control': 'no-store' } }),
    refusal: { reason, error: String(code), description: message },
  };
}

/** What ties an answer to its message. */
export type MessageId = string | number;

/** The id of a request; undefined for anything else, and for ids that MCP does not allow. */
export function idOf(body: unknown): MessageId | undefined {
  if (!isObject(body) || typeof body['method'] !== 'string') return undefined;
  const id = body['id'];
  return typeof id === 'string' || (typeof id === 'number' && Number.isInteger(id)) ? id : undefined;
}

/** Seconds after which it makes sense to try again what there was no place for. */
const RETRY_AFTER_SECONDS = 10;

/**
 * The answer to what there is no place for now.
 *
 * @param status 429 if it is the client's own share that is used up
 */
export function refuseForNow(status: 429 | 503, message: string, reason: RefusalReason): McpAnswer {
  const answer = refuse({ status, code: JSON_RPC.internalError, message, reason });
  answer.response.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
  return answer;
}

/** The answer to what was let in before the server began to stop, and would open something now that it has. */
export function refuseWhenStopping(): McpAnswer {
  return refuseForNow(503, 'this server is stopping', 'stopping');
}

/** What the log tells of a JSON-RPC request. */
export interface RequestSummary {
  readonly method: string;
  /** the tool, of a tools/call */
  readonly name?: string;
  /** the trace that it says it belongs to */
  readonly traceId?: string;
}

/** Names come from the client: they are cut, since a log line needs no more. */
const MAX_NAME_LENGTH = 100;

/** The requests in a body: one, or those of a batch; notifications and responses are left out. */
export function summariseRequests(body: unknown): readonly RequestSummary[] {
  return [body].flat().flatMap((message: unknown) => {
    if (!isObject(message) || typeof message['method'] !== 'string' || message['id'] === undefined) return [];
    const method = message['method'].slice(0, MAX_NAME_LENGTH);
    const params = message['params'];
    const name = method === 'tools/call' && isObject(params) ? params['name'] : undefined;
    const trace = parseTraceParent(metaIn(params)?.['traceparent']);
    return [
      {
        method,
        ...(typeof name === 'string' ? { name: name.slice(0, MAX_NAME_LENGTH) } : {}),
        ...(trace && { traceId: trace.traceId }),
      },
    ];
  });
}

/** What a message says of itself, in its parameters. */
export function metaIn(params: unknown): Readonly<Record<string, unknown>> | undefined {
  const meta = isObject(params) ? params['_meta'] : undefined;
  return isObject(meta) ? meta : undefined;
}

/** Whether something that came as JSON has members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
