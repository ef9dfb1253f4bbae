import type { EraChoice } from '../../shared/oauth/revisions.js';
import type { AcceptedToken, VerifiedToken } from '../verifiers/token-verifier.js';
import { decideEra } from './eras.js';
import { type McpAnswer, refuseWhenStopping } from './json-rpc.js';
import { createModernEra } from './modern.js';
import { checkModernRequest } from './modern-rules.js';
import { createOpenStreams } from './open-streams.js';
import { readMessage, tellRequests } from './read-message.js';
import { answerOf } from './refusal.js';
import { createSessions, type SessionsOptions } from './sessions.js';
import { createStateless } from './stateless.js';
import { createSubscriptions, isListenRequest } from './subscriptions.js';
import { createTokenLeases } from './token-leases.js';
import { withoutToken } from './token-passage.js';

/** The MCP endpoint behind the bearer gate. */
export interface McpEndpoint {
  /** @param request a GET, POST or DELETE that carried this token */
  handle(request: Request, accepted: AcceptedToken): Promise<McpAnswer>;
  /**
   * Ends what hangs on a token that was not accepted.
   *
   * @param hash of the token
   */
  tokenRefused(hash: string): void;
  /** Ends all sessions and streams. */
  close(): Promise<void>;
}

/** What the endpoint is made of. */
export interface McpEndpointOptions extends Omit<SessionsOptions, 'streams' | 'leases'> {
  readonly era: EraChoice;
  /** whether clients of the 2025 era get sessions */
  readonly sessions: 'stateful' | 'stateless';
  /** refuses a message that calls tools for which the scopes of the token are not enough */
  readonly refuseCalls: (body: unknown, token: VerifiedToken) => McpAnswer | undefined;
  /** how many streams may be open on which clients listen */
  readonly maxStreams: number;
}

/**
 * Serves both eras of MCP under one URL: the body tells which one a request is of.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports MCP, transports}
 */
export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const leases = createTokenLeases(options);
  const streams = createOpenStreams(options.maxStreams);
  const modern = createModernEra(options);
  const subscriptions = createSubscriptions({ streams, leases, emit: options.emit });
  const legacy =
    options.sessions === 'stateful'
      ? createSessions({ ...options, streams, leases })
      : createStateless(options);
  let closed = false;

  async function answer(received: Request, accepted: AcceptedToken): Promise<McpAnswer> {
    const { token } = accepted;
    const read = received.method === 'POST' ? await readMessage(received) : { body: undefined };
    if ('refused' in read) return read.refused;
    // Only now: a body may take longer than a server that stops has patience for.
    if (closed) return refuseWhenStopping();
    const { body } = read;
    const request = withoutToken(received);
    const decided = await decideEra(options.era, { request, body });
    if ('refused' in decided) return decided.refused;
    const session = request.headers.get('mcp-session-id');
    tellRequests(options.emit, { body, era: decided.era, token, session });
    const refused = options.refuseCalls(body, token);
    if (refused) return refused;
    if (decided.era === '2025') return legacy.handle(request, body, accepted);
    const broken = checkModernRequest({ request, body });
    if (broken) return broken;
    const ask = () => modern.handle(request, body, token);
    return isListenRequest(body)
      ? subscriptions(request, body, accepted, ask)
      : answerOf(request, await ask());
  }

  return {
    handle: (request, accepted) => leases.during(accepted, () => answer(request, accepted)),
    tokenRefused: (hash) => leases.tokenRefused(hash),
    async close() {
      closed = true;
      leases.close();
      await Promise.all([legacy.close(), modern.close()]);
    },
  };
}
