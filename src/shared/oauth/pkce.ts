import { createHash } from 'node:crypto';

/** 43 to 128 unreserved characters; for S256 the challenge has exactly 43. */
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;
const S256_CHALLENGE = /^[A-Za-z0-9\-_]{43}$/;

/** @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.1 RFC 7636 §4.1} */
export function isCodeVerifier(value: string): boolean {
  return VERIFIER.test(value);
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.2 RFC 7636 §4.2} */
export function isS256Challenge(value: string): boolean {
  return S256_CHALLENGE.test(value);
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.2 RFC 7636 §4.2} */
export function s256Challenge(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url');
}
