import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for the token response. */
export const TOKEN_RESPONSE_RULES = {
  'as.token-type': {
    level: 'MUST',
    rule: 'the token response has an access_token and the token_type Bearer',
    remedy: 'answer with access_token and token_type: "Bearer"',
    spec: SPEC.tokenResponse,
  },
  'as.token-no-store': {
    level: 'MUST',
    rule: 'the token response is not stored by caches (Cache-Control: no-store)',
    remedy: 'send Cache-Control: no-store with every token response',
    spec: SPEC.tokenResponse,
  },
  'as.token-json': {
    level: 'MUST',
    rule: 'the token response has the media type application/json',
    remedy: 'send it with Content-Type: application/json',
    spec: SPEC.tokenResponse,
  },
  'as.token-expires-in': {
    level: 'SHOULD',
    rule: 'the token response says in seconds how long the token lives (expires_in)',
    remedy: 'send expires_in as a number of seconds',
    spec: SPEC.tokenResponse,
  },
  'as.refresh-token': {
    level: 'MAY',
    rule: 'the token response has a refresh token',
    remedy:
      'issue a refresh token to clients that ask for the grant, so that the user need not sign in again',
    spec: SPEC.refreshTokens,
  },
  'as.token-error-status': {
    level: 'MUST',
    rule: 'a token request that is refused is answered with 400, or 401 where the client is refused',
    remedy: 'answer refusals at the token endpoint with 400, and with 401 for invalid_client',
    spec: SPEC.tokenError,
  },
  'as.token-error-body': {
    level: 'MUST',
    rule: 'a token request that is refused is answered with a JSON object that has error',
    remedy: 'answer refusals with {"error": "…"} and one of the codes of the specification',
    spec: SPEC.tokenError,
  },
  'as.token-characters': {
    level: 'MUST',
    rule: 'the access token has only characters that Bearer can carry',
    remedy: 'issue tokens of letters, digits and - . _ ~ + /, with = only at the end',
    spec: SPEC.bearerHeader,
  },
  'as.token-length': {
    level: 'MAY',
    rule: 'the access token leaves room in the header: many servers take 8 KiB for all of them',
    remedy: 'put less into the token, or issue an opaque one',
    spec: SPEC.headerLimits,
  },
  'as.token-entropy': {
    level: 'MUST',
    rule: 'an opaque access token is long enough to hold 128 random bits',
    remedy: 'issue tokens of at least 22 random characters of base64url',
    spec: SPEC.guessing,
  },
  'as.token-expires-in-number': {
    level: 'MUST',
    rule: 'expires_in is a whole number, not a text',
    remedy: 'send expires_in as a JSON number of seconds',
    spec: SPEC.tokenResponse,
  },
  'as.token-short-lived': {
    level: 'SHOULD',
    rule: 'the token lives for an hour or less',
    remedy: 'issue tokens for an hour at most, and a refresh token beside them',
    spec: SPEC.shortLived,
  },
  'as.token-outlives-margin': {
    level: 'SHOULD',
    rule: 'the token lives for more than 300 s: VS Code gets a new one when less is left, so for every single call',
    remedy: 'issue tokens for more than 300 s',
    spec: SPEC.tokenResponse,
  },
  'as.token-renewable': {
    level: 'SHOULD',
    rule: 'a token of 300 s or less comes with a refresh token: without one, VS Code asks its user to sign in again and again',
    remedy: 'issue a refresh token beside it, or a token for more than 300 s',
    spec: SPEC.tokenResponse,
  },
  'as.token-scope-reported': {
    level: 'MUST',
    rule: 'scope is in the token response, unless it is what was asked for',
    remedy: 'send scope in every token response',
    spec: SPEC.tokenResponse,
  },
  'as.token-scope-syntax': {
    level: 'MUST',
    rule: 'scope of the token response is one text: scopes with single spaces between them',
    remedy: 'join the scopes with one space each; not a list, no commas, quotes or backslashes',
    spec: SPEC.scopeSyntax,
  },
  'as.token-scope-not-wider': {
    level: 'SHOULD',
    rule: 'no scope is granted that was not asked for',
    remedy: 'grant what was asked for, or less',
    spec: SPEC.leastPrivilege,
  },
  'as.refresh-token-entropy': {
    level: 'MUST',
    rule: 'the refresh token is long enough to hold 128 random bits',
    remedy: 'issue refresh tokens of at least 22 random characters of base64url',
    spec: SPEC.guessing,
  },
  'as.refresh-advertised': {
    level: 'SHOULD',
    rule: 'where refresh tokens are issued, grant_types_supported, if there, has refresh_token',
    remedy:
      'publish refresh_token among grant_types_supported: some clients ask for no more than they find there',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.jwt-signed': {
    level: 'MUST',
    rule: 'an access token that is a JWT is signed: alg is not none',
    remedy: 'sign access tokens, and refuse those that are not',
    spec: SPEC.jwtHeader,
  },
  'as.jwt-type': {
    level: 'SHOULD',
    rule: 'an access token that is a JWT has the type at+jwt, so that nobody takes another JWT for one',
    remedy: 'set typ of the header to at+jwt',
    spec: SPEC.jwtHeader,
  },
  'as.jwt-issuer': {
    level: 'SHOULD',
    rule: 'iss of an access token that is a JWT is, character by character, the issuer of the metadata',
    remedy: 'set iss to the issuer of the metadata',
    spec: SPEC.jwtClaims,
  },
  'as.jwt-audience': {
    level: 'SHOULD',
    rule: 'aud of an access token that is a JWT has the resource that was asked for',
    remedy: 'take the resource parameter, and set aud to it',
    spec: SPEC.resourceIndicator,
  },
  'as.jwt-expiry': {
    level: 'SHOULD',
    rule: 'exp of an access token that is a JWT is in the future',
    remedy: 'set exp, in seconds, and see to the clocks of both servers',
    spec: SPEC.jwtClaims,
  },
  'as.jwt-expiry-as-told': {
    level: 'SHOULD',
    rule: 'exp of an access token that is a JWT is what expires_in says, up to a minute',
    remedy: 'compute expires_in and exp from the same lifetime',
    spec: SPEC.tokenResponse,
  },
} as const satisfies Readonly<Record<string, Rule>>;
