import { randomBytes } from 'node:crypto';

/** The only source of entropy. */
export interface Random {
  /** @param bytes how many random bytes go into the token; the result is their base64url form, without padding */
  token(bytes: number): string;
}

/** The operating system's random number generator. */
export const systemRandom: Random = { token: (bytes) => randomBytes(bytes).toString('base64url') };
