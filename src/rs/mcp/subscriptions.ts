import type { Emit } from '../../shared/events/emitter.js';
import type { AcceptedToken } from '../verifiers/token-verifier.js';
import type { McpAnswer } from './json-rpc.js';
import type { OpenStreams } from './open-streams.js';
import { clientIdOf, holderOf } from './principal.js';
import type { TokenLeases } from './token-leases.js';

/** A `subscriptions/listen` request, as far as it matters here. */
export interface ListenRequest {
  readonly id: string | number;
}

/**
 * Whether a message asks for a stream of what changes.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions MCP 2026-07-28, subscriptions}
 */
export function isListenRequest(body: unknown): body is ListenRequest {
  return (
    typeof body === 'object' &&
    body !== null &&
    'method' in body &&
    body.method === 'subscriptions/listen' &&
    'id' in body &&
    (typeof body.id === 'string' || typeof body.id === 'number')
  );
}

/** Opens the streams of `subscriptions/listen`, and ends each with its token. */
export type Subscriptions = (
  request: Request,
  body: ListenRequest,
  accepted: AcceptedToken,
  ask: () => Promise<Response>,
) => Promise<McpAnswer>;

/** @param ports the streams with their cap, and the tokens that they hang on */
export function createSubscriptions({
  streams,
  leases,
  emit,
}: {
  readonly streams: OpenStreams;
  readonly leases: TokenLeases;
  readonly emit: Emit;
}): Subscriptions {
  return async (request, { id }, accepted, ask) => {
    const { stream, ...answer } = await streams.open(holderOf(accepted.token), request, ask);
    if (!stream) return answer;
    const end = (reason: string) => (): void => {
      emit({ kind: 'stream.ended', client_id: clientIdOf(accepted.token), reason });
      stream.end(completionOf(id));
    };
    const lease = leases.hold(accepted, {
      expired: end('its token expired'),
      refused: end('its token was revoked'),
    });
    stream.onEnd(() => lease.release());
    return answer;
  };
}

/**
 * The event that tells a client that the server has ended its subscription.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#graceful-closure MCP 2026-07-28, graceful closure}
 */
function completionOf(id: string | number): string {
  const result = { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': id } };
  return `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`;
}
