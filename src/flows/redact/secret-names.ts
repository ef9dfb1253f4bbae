/** Members of JSON bodies and forms, and parameters of URLs, that are secret wherever they are. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'access_token',
  'refresh_token',
  'id_token',
  'token',
  'client_secret',
  'client_assertion',
  'assertion',
  'code_verifier',
  'registration_access_token',
  'device_code',
]);

/** Parameters by which sign-in pages find what they have kept: whoever has one may be taken for the user. */
const SIGN_IN_PARAMETERS = [
  'interaction',
  'session',
  'session_id',
  'sid',
  'txn',
  'ticket',
  'csrf_token',
  'login_challenge',
  'login_verifier',
  'consent_challenge',
  'consent_verifier',
];

/** Secret in forms and URLs. In JSON `code` is mostly the code of an error, and `key` may be any. */
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  ...SECRET_MEMBERS,
  ...SIGN_IN_PARAMETERS,
  'code',
  'key',
]);

/** Chosen by people, or typed from another device: not even a fingerprint is kept. */
const PASSWORD_LIKE =
  /passw|passphrase|pwd|passcode|(?:^|_)(?:pass|pw|pin|t?otp|mfa|2fa)(?:_|$)|(?:verification|security|sms|one_time)_code$/;

/** By what other servers call it: whoever has one is let in. */
const CREDENTIAL_LIKE = /(?:^|_)(?:token|secret|assertion|api_?key|private_key|j?session_?id|token_hint)$/;

/** Names of what keeps a form from being sent by others. */
const ANTI_FORGERY = /csrf|xsrf|authenticity|nonce/;

/** A code of an authorization server rather than one of an error. */
const RANDOM_CODE = /^(?=.*\d)(?=.*[A-Z])(?=.*[a-z])[\w.~-]{22,}$/;

/** Whether a value is told by its fingerprint, or by nothing. */
export type Secrecy = 'mask' | 'drop';

/**
 * How secret a value is by its name, however that is spelled (`accessToken`, `X-Access-Token`).
 *
 * @param place where it stands: a member of JSON, or a parameter of a form or URL
 * @returns undefined if it is no secret
 */
export function secrecyOf(name: string, value: string, place: 'member' | 'parameter'): Secrecy | undefined {
  const isKnown = (place === 'member' ? SECRET_MEMBERS : SECRET_PARAMETERS).has(name);
  if (isKnown || (name === 'code' && RANDOM_CODE.test(value))) return 'mask';
  const plain = name
    .slice(0, MAX_NAME)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .toLowerCase();
  if (PASSWORD_LIKE.test(plain)) return 'drop';
  return CREDENTIAL_LIKE.test(plain) || ANTI_FORGERY.test(plain) ? 'mask' : undefined;
}

/** No name of a secret is longer. */
const MAX_NAME = 64;

/** Headers of which nothing is shown. */
export const DROPPED_HEADERS: ReadonlySet<string> = new Set(['cookie', 'set-cookie', 'proxy-authorization']);

/** Names of headers by which somebody may be let in, beside those of HTTP and OAuth. */
export const SECRET_HEADER = /key|token|secret|passw|credential|assertion|^dpop$|signature|^mcp-session-id$/;
