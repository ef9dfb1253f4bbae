import type { Emit } from '../../shared/events/emitter.js';
import { mediaTypeOf, readText } from '../../shared/http/body.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import type { EraChoice, McpEra } from '../../shared/oauth/revisions.js';
import { fingerprint } from '../../shared/secret.js';
import type { AcceptedToken, VerifiedToken } from '../verifiers/token-verifier.js';
import { decideEra } from './eras.js';
import { JSON_RPC, type McpAnswer, refuse, summariseRequests } from './json-rpc.js';
import { createModernEra } from './modern.js';
import { checkModernRequest } from './modern-rules.js';
import { createOpenStreams } from './open-streams.js';
import { clientIdOf } from './principal.js';
import { answerOf } from './refusal.js';
import { createSessions, type SessionsOptions } from './sessions.js';
import { createStateless } from './stateless.js';
import { createSubscriptions, isListenRequest } from './subscriptions.js';
import { createTokenLeases } from './token-leases.js';

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

  async function answer(request: Request, accepted: AcceptedToken): Promise<McpAnswer> {
    const { token } = accepted;
    if (closed) {
      const message = 'this server is stopping';
      return refuse({ status: 503, code: JSON_RPC.internalError, message, reason: 'stopping' });
    }
    const read = request.method === 'POST' ? await readMessage(request) : { body: undefined };
    if ('refused' in read) return read.refused;
    const { body } = read;
    const decided = await decideEra(options.era, { request, body });
    if ('refused' in decided) return decided.refused;
    tellRequests(options.emit, { request, era: decided.era, token, body });
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
    handle: answer,
    tokenRefused: (hash) => leases.tokenRefused(hash),
    async close() {
      closed = true;
      leases.close();
      await Promise.all([legacy.close(), modern.close()]);
    },
  };
}

/** Reads a message once, for both SDKs. */
async function readMessage(request: Request): Promise<{ body: unknown } | { refused: McpAnswer }> {
  if (mediaTypeOf(request.headers.get('content-type')) !== 'application/json') {
    return { refused: unreadable(415, 'the body must be application/json', 'wrong_media_type') };
  }
  try {
    return { body: JSON.parse(await readText(request)) as unknown };
  } catch (thrown) {
    return {
      refused:
        thrown instanceof OAuthError
          ? unreadable(thrown.status, thrown.description, thrown.reason)
          : unreadable(400, 'the body is not JSON', 'not_json'),
    };
  }
}

function unreadable(status: number, message: string, reason: RefusalReason): McpAnswer {
  const code = status === 400 ? JSON_RPC.parseError : JSON_RPC.invalidRequest;
  return refuse({ status, code, message, reason });
}

function tellRequests(
  emit: Emit,
  { request, era, token, body }: { request: Request; era: McpEra; token: VerifiedToken; body: unknown },
): void {
  const session = request.headers.get('mcp-session-id');
  for (const { method, name } of summariseRequests(body)) {
    emit({
      kind: 'mcp.request',
      era,
      method,
      ...(name === undefined ? {} : { name }),
      client_id: clientIdOf(token),
      ...(token.sub === undefined ? {} : { sub: token.sub }),
      ...(session === null ? {} : { session: fingerprint(session) }),
    });
  }
}
