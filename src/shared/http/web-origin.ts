import * as z from 'zod';

/**
 * The origin of a web page as a browser writes it: scheme, host, port unless it is the scheme's own, and nothing after
 * them. The `null` of an opaque origin is none.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6454#section-6.2 RFC 6454 §6.2}
 */
export const webOrigin = z
  .string()
  .refine(
    (value) => URL.parse(value)?.origin === value && value !== 'null',
    'must be an origin, as in https://app.example.com',
  );
