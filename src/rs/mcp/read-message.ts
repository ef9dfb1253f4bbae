import type { Emit } from '../../shared/events/emitter.js';
import { mediaTypeOf, readText } from '../../shared/http/body.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import type { McpEra } from '../../shared/oauth/revisions.js';
import { fingerprint } from '../../shared/secret.js';
import type { VerifiedToken } from '../verifiers/token-verifier.js';
import { JSON_RPC, type McpAnswer, refuse, summariseRequests } from './json-rpc.js';
import { clientIdOf } from './principal.js';

/**
 * Reads the message that was posted, once, for whoever serves it.
 *
 * @returns the parsed body, or the answer to what can't be read
 */
export async function readMessage(
  request: Request,
): Promise<{ readonly body: unknown } | { readonly refused: McpAnswer }> {
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

/** A message that was read, and what the log tells of where it came from. */
export interface ReadMessage {
  readonly body: unknown;
  readonly era: McpEra;
  readonly token: VerifiedToken;
  /** id of the session, if there is one */
  readonly session: string | null;
}

/** Tells of each request in a message. */
export function tellRequests(emit: Emit, { body, era, token, session }: ReadMessage): void {
  for (const { method, name, traceId } of summariseRequests(body)) {
    emit({
      kind: 'mcp.request',
      era,
      method,
      ...(name === undefined ? {} : { name }),
      client_id: clientIdOf(token),
      ...(token.sub === undefined ? {} : { sub: token.sub }),
      ...(session === null ? {} : { session: fingerprint(session) }),
      ...(traceId === undefined ? {} : { trace_id: traceId }),
    });
  }
}
