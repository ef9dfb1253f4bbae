import type { Context } from 'hono';
import { errorResponse, OAuthError } from '../shared/oauth/errors.js';
import type { Variables } from './routes.js';

/**
 * The answer to a method that a path does not know.
 *
 * @param allow the methods that it knows, as in `Allow`
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 RFC 9110 §15.5.6}
 */
export function methodNotAllowed(c: Context<Variables>, allow: string): Response {
  c.set('reason', 'method_not_allowed');
  return errorResponse(
    new OAuthError('invalid_request', `the methods here are ${allow}`, { status: 405, headers: { allow } }),
  );
}
