import { JSON_RPC, type McpAnswer, refuse } from './json-rpc.js';

/** 256 bits: a session id is worth as much as a token to somebody who holds a token of the same user. */
export const SESSION_ID_BYTES = 32;

/**
 * The answer to a request that names no session, where it needs one.
 *
 * @param message what to do about it
 */
export function sessionIdMissing(message: string): McpAnswer {
  return refuse({ status: 400, code: JSON_RPC.refused, message, reason: 'session_id_missing' });
}

/**
 * The answer to a request of a session that has ended, never was, or is somebody else's. Not 403: whether there is such a
 * session is nobody else's business, and 404 makes clients begin anew.
 */
export function sessionNotFound(): McpAnswer {
  return refuse({
    status: 404,
    code: JSON_RPC.sessionNotFound,
    message: 'Session not found',
    reason: 'session_not_found',
  });
}
