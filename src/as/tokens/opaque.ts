import type { Random } from '../../shared/random.js';
import { hashSecret } from '../../shared/secret.js';
import type { AccessTokenFormat } from './access-token-format.js';

/** 256 bits: nobody guesses one, and a plain hash is enough to store it. */
const SECRET_BYTES = 32;

/** A new code or token, and the id under which it is stored. */
export interface OpaqueSecret {
  readonly secret: string;
  readonly id: string;
}

/**
 * Makes a code or token that means nothing by itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-10.10 RFC 6749 §10.10}
 */
export function newSecret(random: Random): OpaqueSecret {
  const secret = random.token(SECRET_BYTES);
  return { secret, id: hashSecret(secret) };
}

/** Access tokens that say nothing: whoever wants to know what one is worth has to ask. */
export function opaqueAccessTokens(random: Random): AccessTokenFormat {
  return { mint: async () => newSecret(random).secret };
}
