import { isInitializeRequest, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../shared/clock.js';
import type { Random } from '../../shared/random.js';
import { fingerprint } from '../../shared/secret.js';
import type { Ticker } from '../../shared/ticker.js';
import type { AcceptedToken, VerifiedToken } from '../verifiers/token-verifier.js';
import { closeTelling } from './close-telling.js';
import type { McpEndpoint } from './endpoint.js';
import { JSON_RPC, type McpAnswer, refuse, refuseWhenStopping } from './json-rpc.js';
import { createLegacyServer, tellOpened } from './legacy-server.js';
import type { McpServerParts } from './mcp-servers.js';
import { createOpenStreams } from './open-streams.js';
import { holderOf, principalOf } from './principal.js';
import { readMessage, tellRequests } from './read-message.js';
import { SESSION_ID_BYTES, sessionIdMissing, sessionNotFound } from './session-id.js';
import { createSseTransport, type SseTransport } from './sse-transport.js';
import { createTokenLeases, type Lease } from './token-leases.js';
import { authInfoFor } from './token-passage.js';

/** How many seconds there may be silence on a stream. */
const KEEP_ALIVE_SECONDS = 15;

/** Where clients post to, and which of the streams the answer goes to. */
const SESSION_PARAMETER = 'session_id';

/** What the endpoint is made of. */
export interface SseEndpointOptions extends McpServerParts {
  /** path for the client's messages */
  readonly messagesPath: string;
  /** refuses a message that calls tools for which the scopes of the token are not enough */
  readonly refuseCalls: (body: unknown, token: VerifiedToken) => McpAnswer | undefined;
  /** how many clients may be connected */
  readonly maxStreams: number;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly random: Random;
}

/** A client that is connected: its stream is its session. */
interface Connection {
  /** whose it is; see `principalOf` */
  readonly principal: string;
  readonly transport: SseTransport;
  readonly lease: Lease;
  /** @param reason in words, for the log */
  end(reason: string): void;
}

/**
 * Serves the deprecated HTTP+SSE transport: GET opens a stream of events, and says where to POST messages to; what they
 * ask for is answered on the stream. Both need a token of the same client and user.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse MCP 2024-11-05, HTTP with SSE}
 */
export function createSseEndpoint(options: SseEndpointOptions): McpEndpoint {
  const { emit, random, ticker, maxStreams, messagesPath } = options;
  const leases = createTokenLeases(options);
  const streams = createOpenStreams(maxStreams);
  const connections = new Map<string, Connection>();

  let closed = false;
  let seconds = 0;
  const stop = ticker(() => {
    seconds += 1;
    if (seconds % KEEP_ALIVE_SECONDS !== 0) return;
    for (const { transport } of connections.values()) transport.keepAlive();
  });

  async function connect(request: Request, accepted: AcceptedToken): Promise<McpAnswer> {
    const id = random.token(SESSION_ID_BYTES);
    const transport = createSseTransport(`${messagesPath}?${SESSION_PARAMETER}=${id}`, () =>
      connections.get(id)?.end('the client did not read what it was sent'),
    );
    const server = createLegacyServer(options);
    const { stream, ...answer } = await streams.open(holderOf(accepted.token), request, async () => {
      await server.connect(transport);
      return transport.response;
    });
    if (!stream) return answer;
    let endedBecause = 'the client ended it';
    const end = (reason: string): void => {
      endedBecause = reason;
      stream.end();
    };
    const lease = leases.hold(accepted, {
      expired: () => end('its token expired'),
      refused: () => end('its token was revoked'),
    });
    connections.set(id, { principal: principalOf(accepted.token), transport, lease, end });
    stream.onEnd(() => {
      connections.delete(id);
      lease.release();
      void closeTelling(server, emit);
      emit({ kind: 'session.closed', session: fingerprint(id), reason: endedBecause });
    });
    return answer;
  }

  async function receive(request: Request, accepted: AcceptedToken): Promise<McpAnswer> {
    const id = new URL(request.url).searchParams.get(SESSION_PARAMETER);
    if (id === null) return sessionIdMissing(`the parameter ${SESSION_PARAMETER} is missing; begin with GET`);
    const read = await readMessage(request);
    if ('refused' in read) return read.refused;
    const { body } = read;
    const { token } = accepted;
    const connection = connections.get(id);
    if (connection?.principal !== principalOf(token)) return sessionNotFound();
    const message = JSONRPCMessageSchema.safeParse(body);
    if (!message.success) return notOneMessage();
    tellRequests(emit, { body, era: '2025', token, session: id });
    const refused = options.refuseCalls(body, token);
    if (refused) return refused;
    connection.lease.renew(accepted);
    if (isInitializeRequest(body)) tellOpened(emit, id, body, token);
    connection.transport.receive(message.data, authInfoFor(token));
    return { response: new Response(null, { status: 202 }) };
  }

  return {
    handle: (request, accepted) =>
      leases.during(accepted, async () => {
        if (closed) return refuseWhenStopping();
        return request.method === 'GET' ? connect(request, accepted) : receive(request, accepted);
      }),
    tokenRefused: (hash) => leases.tokenRefused(hash),
    async close() {
      closed = true;
      stop();
      leases.close();
      for (const connection of connections.values()) connection.end('the server stopped');
    },
  };
}

const notOneMessage = (): McpAnswer =>
  refuse({
    status: 400,
    code: JSON_RPC.invalidRequest,
    message: 'the body is not one JSON-RPC message',
    reason: 'mcp_message_invalid',
  });
