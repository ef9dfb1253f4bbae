import { parseJson } from '../../shared/http/json.js';

/** Header and claims of a JWT, as they are written there. Nobody has verified them. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Reads a token that happens to be a JWT. Clients take tokens as they are and never look inside; this one looks for the
 * sake of whoever runs the servers.
 *
 * @returns undefined if it is none
 * @see {@link https://www.rfc-editor.org/rfc/rfc7519#section-7.2 RFC 7519 §7.2}
 */
export function decodeJwt(token: string): DecodedJwt | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  const header = objectIn(parts[0]!);
  const claims = objectIn(parts[1]!);
  return header && claims && typeof header['alg'] === 'string' ? { header, claims } : undefined;
}

/** The audiences of a JWT, each by itself. */
export function audiencesOf({ claims }: DecodedJwt): readonly string[] {
  return [claims['aud']].flat().filter((audience) => typeof audience === 'string');
}

function objectIn(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return undefined;
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
