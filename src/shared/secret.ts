import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The form in which codes, tokens and client secrets are stored and looked up.
 * A plain SHA-256 is enough for them because they are random values of 128 bits or more;
 * passwords are not, and go through scrypt.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/**
 * The first 8 hex digits of SHA-256: lets a reader of two logs see that both speak of the same value,
 * without revealing it. Only for random values of 128 bits or more, never for passwords or cookies.
 */
export function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 8);
}

/** Compares two strings in a time that does not depend on where they differ. */
export function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/**
 * A keyed hash of a text: only who has the secret can make it, and it does not lead back to the secret.
 *
 * @param secret 128 random bits or more
 * @see {@link https://www.rfc-editor.org/rfc/rfc2104 RFC 2104}
 */
export function keyedHash(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}
