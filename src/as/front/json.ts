const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * A JSON answer that nobody may keep, because it holds a token or is about one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 RFC 6749 §5.1}
 */
export function privateJson(value: object, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: HEADERS });
}
