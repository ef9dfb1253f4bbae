/** Members of JSON bodies and forms, and parameters of URLs, that are secret wherever they are. */
export const SECRET_MEMBERS: ReadonlySet<string> = new Set([
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

/** Secret in forms and URLs. In JSON `code` is mostly the code of an error. */
export const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  ...SECRET_MEMBERS,
  ...SIGN_IN_PARAMETERS,
  'code',
]);

/** Chosen by people, or worth nothing to a reader: not even a fingerprint is kept. */
export const PASSWORD_LIKE = /passw|passphrase|pwd|passcode|\botp\b|^pin$/i;

/** Names of what keeps a form from being sent by others. */
export const ANTI_FORGERY = /csrf|xsrf|authenticity|nonce/i;

/** Headers of which nothing is shown. */
export const DROPPED_HEADERS: ReadonlySet<string> = new Set(['cookie', 'set-cookie', 'proxy-authorization']);
