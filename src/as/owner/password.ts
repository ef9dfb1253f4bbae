import { scrypt, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../shared/random.js';

/** What a password becomes, and with which cost. `salt` and `hash` are base64url. */
export interface PasswordHash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly hash: string;
}

/** 16 MiB and about a tenth of a second for each try. */
const COST = { N: 2 ** 14, r: 8, p: 5 } as const;
const HASH_BYTES = 32;
const FORM = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([A-Za-z0-9_-]{16,}):([A-Za-z0-9_-]{43})$/;

/** Hashes a password with a salt of its own. @see {@link https://www.rfc-editor.org/rfc/rfc7914 RFC 7914} */
export async function hashPassword(password: string, random: Random): Promise<PasswordHash> {
  const salt = random.token(16);
  const derived = await derive(password, { ...COST, salt });
  return { ...COST, salt, hash: derived.toString('base64url') };
}

/** A hash that no password has, and that takes as long to check as `like`. */
export function unmatchableHash(like: PasswordHash | undefined, random: Random): PasswordHash {
  const { N, r, p } = like ?? COST;
  return { N, r, p, salt: random.token(16), hash: random.token(HASH_BYTES) };
}

/** Whether a password is the one that was hashed. */
export async function isPassword(password: string, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, expected), Buffer.from(expected.hash, 'base64url'));
}

/**
 * Reads a hash from `scrypt:<N>:<r>:<p>:<salt>:<hash>`, salt (used as text) and hash in base64url.
 *
 * @returns undefined if it is not one, or costs more than a login may
 */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, N, r, p, salt, hash] = FORM.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const powerOfTwo = cost.N >= 2 && (cost.N & (cost.N - 1)) === 0;
  const affordable = cost.r >= 1 && cost.p >= 1 && cost.N * cost.r * cost.p <= 2 ** 22;
  return powerOfTwo && affordable ? { ...cost, salt, hash } : undefined;
}

function derive(password: string, { N, r, p, salt }: Omit<PasswordHash, 'hash'>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { N, r, p, maxmem: 128 * r * (N + p + 2) }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
