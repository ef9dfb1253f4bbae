import { isSecureUrl } from './checked.js';

/**
 * Whether a text has the form of an issuer: https (http on loopback), without query and fragment.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export function isIssuerForm(text: string): boolean {
  return isSecureUrl(text) && !/[?#]/.test(text);
}
