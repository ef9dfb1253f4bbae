import type { McpRevision } from '../../shared/oauth/revisions.js';
import type { Enough, HttpExchange, HttpRequest } from '../exchange/exchange.js';
import type { McpAnswer } from './connection.js';
import { answerIn, answerWatch } from './json-rpc.js';

/** What every request to the MCP endpoint needs. */
export interface McpPeer {
  readonly target: string;
  /** the revision to speak; undefined: the newest that the server speaks */
  readonly revision: McpRevision | undefined;
  /** sent as Bearer, if there is one */
  readonly token: string | undefined;
  readonly client: { readonly name: string; readonly version: string };
  /** ids of the extensions of MCP that the client makes use of */
  readonly extensions: readonly string[];
  /** a JSON-RPC id that was not used before */
  nextId(): number;
  send(request: HttpRequest, enough?: Enough): Promise<HttpExchange>;
}

/** Headers of every POST to the MCP endpoint. */
function headersOf(peer: McpPeer, extra: Readonly<Record<string, string>>): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(peer.token !== undefined && { authorization: `Bearer ${peer.token}` }),
    ...extra,
  };
}

/** Sends one JSON-RPC request and reads its answer, from a JSON body or from a stream. */
export async function postRequest(
  peer: McpPeer,
  message: {
    readonly id: number;
    readonly method: string;
    readonly params: Readonly<Record<string, unknown>>;
  },
  headers: Readonly<Record<string, string>>,
): Promise<McpAnswer> {
  const exchange = await peer.send(
    {
      method: 'POST',
      url: peer.target,
      headers: headersOf(peer, headers),
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    },
    answerWatch(message.id),
  );
  return readAnswer(exchange, message);
}

/** Sends one JSON-RPC notification. */
export function postNotification(
  peer: McpPeer,
  method: string,
  headers: Readonly<Record<string, string>>,
): Promise<HttpExchange> {
  return peer.send({
    method: 'POST',
    url: peer.target,
    headers: headersOf(peer, headers),
    body: JSON.stringify({ jsonrpc: '2.0', method }),
  });
}

function readAnswer(exchange: HttpExchange, { id, method }: { id: number; method: string }): McpAnswer {
  const { response, error } = exchange;
  if (!response || error !== undefined) {
    return { kind: 'failed', exchange, reason: `${method}: ${error ?? 'no response'}` };
  }
  if (response.status === 401 || response.status === 403) return { kind: 'refused', exchange };
  if (response.truncated) {
    return { kind: 'failed', exchange, reason: `${method}: the answer is larger than 256 KiB` };
  }
  const answer = answerIn(response, id);
  if (answer && 'result' in answer) return { kind: 'result', exchange, result: answer.result };
  if (answer) {
    const { code, message, data } = answer.error;
    return { kind: 'failed', exchange, code, data, reason: `${method}: error ${code}, ${message}` };
  }
  return {
    kind: 'failed',
    exchange,
    reason: `${method}: answered with ${response.status}, without a JSON-RPC answer`,
  };
}
