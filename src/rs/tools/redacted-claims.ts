/** Claims that are no secret whatever they look like: RFC 7519, 7662, 8693, 9068, and names that products use. */
const NO_SECRET = new Set(
  'iss sub aud exp nbf iat client_id azp scope scp token_type username auth_time acr amr'.split(' '),
);

/** Names of tokens and sessions, of keys that a token is bound to, and of whatever calls itself a secret. */
const SECRET_NAME =
  /^(jti|uti|sid|cnf|nonce)$|token|secret|passw|credential|session|hash|key|cookie|assertion/i;

/** What is random enough to be a token or a part of one. */
const SECRET_VALUE = /[\w-]{32,}/;
/** It is as long, and names users and tenants. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

const MAX_CLAIMS = 40;
const MAX_NAME_LENGTH = 64;
const MAX_TEXT_LENGTH = 200;
const MAX_MEMBERS = 20;
const MAX_DEPTH = 3;

/** What can be shown of a token's claims. */
export interface RedactedClaims {
  readonly claims: Readonly<Record<string, unknown>>;
  /** names of those that are not shown */
  readonly withheld: readonly string[];
}

/**
 * Takes out of a token's claims what must not be shown. Authorization servers put into tokens what they like: what is
 * not known here is shown if nothing of it looks like a secret, and not more of it than anybody would read.
 */
export function redactClaims(all: Readonly<Record<string, unknown>>): RedactedClaims {
  const claims: [string, unknown][] = [];
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(all)) {
    const shown = NO_SECRET.has(name) || isShowable(name, value, MAX_DEPTH);
    if (shown && name.length <= MAX_NAME_LENGTH && claims.length < MAX_CLAIMS) {
      claims.push([name, bounded(value)]);
    } else if (withheld.length < MAX_CLAIMS) {
      withheld.push(name.slice(0, MAX_NAME_LENGTH));
    }
  }
  return { claims: Object.fromEntries(claims), withheld };
}

/** @param depth how many levels of objects and arrays may be below */
function isShowable(name: string, value: unknown, depth: number): boolean {
  if (SECRET_NAME.test(name)) return false;
  if (typeof value === 'string') return UUID.test(value) || !SECRET_VALUE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.entries(value).every(([key, member]) => isShowable(key, member, depth - 1));
}

/** The beginning of a value. */
function bounded(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length > MAX_TEXT_LENGTH ? `${value.slice(0, MAX_TEXT_LENGTH)}…` : value;
  }
  if (Array.isArray(value)) return value.slice(0, MAX_MEMBERS).map(bounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([name, member]) => [name.slice(0, MAX_NAME_LENGTH), bounded(member)]),
  );
}
