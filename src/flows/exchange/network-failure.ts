/** What the codes of Node and of its HTTP client mean to somebody who only wanted to reach a server. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens there'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'there is no such host'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection was closed without an answer'],
  [/^(EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'no way leads there'],
  [/^HPE_|^UND_ERR_HEADERS_OVERFLOW$/, 'what answers there is not HTTP that can be read'],
  [
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/,
    'what answers there speaks no TLS; try http://',
  ],
  [
    /SELF_SIGNED|^UNABLE_TO_(VERIFY|GET_ISSUER)/,
    'its certificate is signed by nobody that this machine trusts; NODE_EXTRA_CA_CERTS=<file.pem> adds one, --insecure takes any',
  ],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired; --insecure takes it nevertheless'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'its certificate is for another host; --insecure takes it nevertheless'],
];

/**
 * Why a request got no answer, in words where the code is a usual one, and with the code, which can be searched for.
 *
 * @param error what `fetch` threw
 */
export function networkFailure(error: unknown): string {
  const code = codeOf(error);
  const meaning = MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
  return meaning === undefined ? code : `${meaning} (${code})`;
}

/** `ECONNREFUSED` tells more than `fetch failed`. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause;
  if (inner instanceof Error) {
    if ('code' in inner && typeof inner.code === 'string') return inner.code;
    if (inner.message !== '') return inner.message;
  }
  return error.message;
}
