import type { Context } from 'hono';
import { errorResponse, OAuthError } from '../shared/oauth/errors.js';
import type { Variables } from './front.js';
import { preflightResponse } from './origin.js';

/** Answers preflights and the methods that a path does not know; the rest is for its endpoint. */
export async function answerMethod(
  c: Context<Variables>,
  methods: string,
  answer: () => Promise<Response>,
): Promise<Response> {
  const { method, headers } = c.req.raw;
  if (method === 'OPTIONS') return preflightResponse(methods, headers.get('access-control-request-headers'));
  return methods.split(', ').includes(method) ? answer() : methodNotAllowed(c, methods);
}

/**
 * The answer to a method that a path does not know.
 *
 * @param allow the methods that it knows, as in `Allow`
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 RFC 9110 §15.5.6}
 */
export function methodNotAllowed(c: Context<Variables>, allow: string): Response {
  const error = new OAuthError('invalid_request', `the methods here are ${allow}`, {
    status: 405,
    reason: 'method_not_allowed',
    headers: { allow },
  });
  c.set('refusal', error);
  return errorResponse(error);
}
