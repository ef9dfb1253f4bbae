import { parseJson } from '../../shared/http/json.js';

/** A JWS in its compact form, which every signed JWT has. */
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;

/**
 * The issuer that a token names, if it is a JWT. Nothing is proven by it: it only says whom to ask, or whose keys to try.
 *
 * @returns undefined for a token that names none, as an opaque one
 * @see {@link https://www.rfc-editor.org/rfc/rfc7519#section-4.1.1 RFC 7519 §4.1.1}
 */
export function issuerNamedIn(token: string): string | undefined {
  const payload = COMPACT_JWS.exec(token)?.[1];
  if (payload === undefined) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (typeof claims !== 'object' || claims === null || !('iss' in claims)) return undefined;
  return typeof claims.iss === 'string' ? claims.iss : undefined;
}
