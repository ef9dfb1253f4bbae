import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { ToldRefusal } from '../front.js';

/** The codes of JSON-RPC, and the ones that MCP servers use for what HTTP refuses. */
export const JSON_RPC = {
  parseError: -32700,
  invalidRequest: -32600,
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
 * The answer to a message that was not served; its id is not known, or does not matter any more.
 *
 * @param refusal HTTP status, JSON-RPC code, text for the client, reason code
 */
export function refuse(refusal: {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly reason: RefusalReason;
}): McpAnswer {
  const { status, code, message, reason } = refusal;
  const body = { jsonrpc: '2.0', id: null, error: { code, message } };
  return {
    response: Response.json(body, { status, headers: { 'cache-control': 'no-store' } }),
    refusal: { reason, error: String(code), description: message },
  };
}

/** What the log tells of a JSON-RPC request. */
export interface RequestSummary {
  readonly method: string;
  /** the tool, of a tools/call */
  readonly name?: string;
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
    return [{ method, ...(typeof name === 'string' ? { name: name.slice(0, MAX_NAME_LENGTH) } : {}) }];
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
