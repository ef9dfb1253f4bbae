import * as z from 'zod';
import { parseJson } from '../../../shared/http/json.js';
import { MAX_CLIENT_ID_LENGTH } from '../../../shared/oauth/client-id.js';

/** @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-2.2 RFC 7523 §2.2} */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A handful of claims and a signature need a tenth of it. */
const MAX_ASSERTION_LENGTH = 8192;

const CLAIMS = z.object({ sub: z.string().min(1).max(MAX_CLIENT_ID_LENGTH) });

/**
 * Reads which client an assertion speaks of, so that its keys can be looked up. Nothing is proven by that.
 *
 * @returns undefined if it is no JWT, too long, or without a `sub`
 */
export function subjectOf(assertion: string): string | undefined {
  if (assertion.length > MAX_ASSERTION_LENGTH) return undefined;
  const [, payload = '', ...rest] = assertion.split('.');
  if (rest.length !== 1) return undefined;
  const claims = CLAIMS.safeParse(parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  return claims.success ? claims.data.sub : undefined;
}
