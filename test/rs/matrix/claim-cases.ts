import { ISSUER, NOW } from '../support.js';
import {
  bearer,
  both,
  differing,
  GOOD,
  invalid,
  lacking,
  type MatrixCase,
  onFirstRequest,
  unavailable,
} from './case.js';
import { RESOURCE } from './issuer.js';

/** A token that the authorization server has issued with these claims. */
const issued =
  (changes: Readonly<Record<string, unknown>>): MatrixCase['show'] =>
  (issuer) =>
    bearer(issuer.issues(changes));

const audience = (name: string, aud: unknown): MatrixCase =>
  both(`aud: ${name}`, issued({ aud }), invalid('audience_mismatch'));
const audienceOfOurs = (name: string, aud: unknown): MatrixCase =>
  both(`aud: ${name}`, issued({ aud }), GOOD);

const TOLERANT = 'introspection takes digits for a number; a JWT that has them is not of RFC 9068';
const NO_ANSWER =
  'an answer that RFC 7662 does not allow says nothing of the token; a JWT like that is a bad token';

/** For whom a token is. */
export const AUDIENCE_CASES = [
  audience('another server', 'https://api.example/mcp'),
  audience('a list without this server', ['https://api.example', 'client-a']),
  audience('a path beside this one', 'http://localhost/other'),
  audience('a path below this one', `${RESOURCE}/admin`),
  audience('the server without the path', 'http://localhost'),
  audience('the path in another case', 'http://localhost/MCP'),
  audience('another port', 'http://localhost:8001/mcp'),
  audience('another scheme', 'https://localhost/mcp'),
  audience('another host', 'http://localhost.example/mcp'),
  audience('this one with a query', `${RESOURCE}?tenant=1`),
  audience('this one with a fragment', `${RESOURCE}#x`),
  audience('this one with two slashes at the end', `${RESOURCE}//`),
  audience('this one with a user name', 'http://x@localhost/mcp'),
  audience('the client, as in an ID token', 'client-a'),
  audience('missing', undefined),
  audience('an empty list', []),
  audience('an empty text', ''),
  audienceOfOurs('a list with this server', ['https://api.example', RESOURCE]),
  audienceOfOurs('this one with a slash at the end', `${RESOURCE}/`),
  audienceOfOurs('this one with the host in upper case', 'http://LOCALHOST/mcp'),
  audienceOfOurs('this one with the default port', 'http://localhost:80/mcp'),
  differing('aud: null', issued({ aud: null }), {
    introspection: invalid('audience_mismatch'),
    jwt: invalid('token_claims_malformed'),
    because: 'some products write null where they mean nothing',
  }),
  differing('aud: a number', issued({ aud: 7 }), {
    introspection: unavailable('introspection_malformed'),
    jwt: invalid('token_claims_malformed'),
    because: NO_ANSWER,
  }),
];

/** Who issued a token. */
export const ISSUER_CASES = [
  both(
    'iss: another authorization server',
    issued({ iss: 'https://as.example' }),
    invalid('issuer_mismatch'),
  ),
  both('iss: with a slash at the end', issued({ iss: `${ISSUER}/` }), invalid('issuer_mismatch')),
  both(
    'iss: with the host in upper case',
    issued({ iss: 'http://LOCALHOST:9000' }),
    invalid('issuer_mismatch'),
  ),
  both('iss: with a path', issued({ iss: `${ISSUER}/other` }), invalid('issuer_mismatch')),
  both('iss: this server itself', issued({ iss: 'http://localhost' }), invalid('issuer_mismatch')),
  differing('iss: missing', issued({ iss: undefined }), {
    introspection: GOOD,
    jwt: invalid('issuer_mismatch'),
    because: 'the authorization server that vouches for it is the issuer (RFC 7662 makes iss optional)',
  }),
  differing('iss: a number', issued({ iss: 7 }), {
    introspection: unavailable('introspection_malformed'),
    jwt: invalid('issuer_mismatch'),
    because: NO_ANSWER,
  }),
];

/** When a token is good. */
export const TIME_CASES = [
  both('exp: a minute ago', issued({ exp: NOW - 60 }), invalid('token_expired')),
  both('exp: zero', issued({ exp: 0 }), invalid('token_expired')),
  both('exp: in milliseconds, which is a day far from now', issued({ exp: NOW * 1000 }), GOOD),
  differing('exp: this second', issued({ exp: NOW }), {
    introspection: invalid('token_expired'),
    jwt: GOOD,
    because:
      'clocks may be some seconds apart; at introspection the authorization server has looked at its own',
  }),
  differing('exp: as a text', issued({ exp: String(NOW + 60) }), {
    introspection: GOOD,
    jwt: invalid('token_claims_malformed'),
    because: TOLERANT,
  }),
  differing('exp: missing', issued({ exp: undefined }), {
    introspection: GOOD,
    jwt: invalid('token_claims_malformed'),
    because:
      'RFC 9068 asks for it, RFC 7662 does not: the authorization server says at each request whether it is active',
  }),
  differing('exp: below zero', issued({ exp: -1 }), {
    introspection: invalid('token_expired'),
    jwt: invalid('token_claims_malformed'),
    because: 'both refuse it, for their own reasons',
  }),
  differing('exp: a word', issued({ exp: 'never' }), {
    introspection: unavailable('introspection_malformed'),
    jwt: invalid('token_claims_malformed'),
    because: NO_ANSWER,
  }),
  both('nbf: in a minute', issued({ nbf: NOW + 60 }), invalid('token_not_yet_valid')),
  both('nbf: now', issued({ nbf: NOW }), GOOD),
  differing('nbf: in a second', issued({ nbf: NOW + 1 }), {
    introspection: invalid('token_not_yet_valid'),
    jwt: GOOD,
    because:
      'clocks may be some seconds apart; at introspection the authorization server has looked at its own',
  }),
  differing('iat: in a minute', issued({ iat: NOW + 60 }), {
    introspection: GOOD,
    jwt: invalid('token_not_yet_valid'),
    because: 'the authorization server that says it is active knows when it issued it',
  }),
];

/** What a token allows. */
export const SCOPE_CASES = [
  both('scope: missing', issued({ scope: undefined }), lacking('scope_missing')),
  both('scope: empty', issued({ scope: '' }), lacking('scope_missing')),
  both('scope: another one', issued({ scope: 'profile' }), lacking('scope_missing')),
  both('scope: in another case', issued({ scope: 'User' }), lacking('scope_missing')),
  both('scope: a longer word', issued({ scope: 'users superuser' }), lacking('scope_missing')),
  both('scope: separated by a comma', issued({ scope: 'user,profile' }), lacking('scope_missing')),
  both('scope: separated by a tab', issued({ scope: 'user\tprofile' }), lacking('scope_missing')),
  both('scope: among others', issued({ scope: 'profile user' }), GOOD),
  both('scope: a list', issued({ scope: ['profile', 'user'] }), GOOD),
  both('scp: a text', issued({ scope: undefined, scp: 'profile user' }), GOOD),
  both('scp: a list', issued({ scope: undefined, scp: ['profile', 'user'] }), GOOD),
  differing('scope: an object', issued({ scope: { user: true } }), {
    introspection: unavailable('introspection_malformed'),
    jwt: invalid('token_claims_malformed'),
    because: NO_ANSWER,
  }),
];

/** Whose a token is, what kind of token it is, and whether it still counts. */
export const STATE_CASES = [
  onFirstRequest(
    both('a token of nobody: no client_id, no sub', issued({ client_id: undefined, sub: undefined }), GOOD),
  ),
  differing('a token that was revoked', (issuer) => bearer(issuer.revokes(issuer.issues())), {
    introspection: invalid('token_inactive'),
    jwt: GOOD,
    because:
      'a JWT cannot be taken back: it is good until its exp where the authorization server is not asked',
  }),
  onFirstRequest(
    differing(
      'a token of a client that was deleted',
      (issuer) => bearer(issuer.revokes(issuer.issues({ client_id: 'client-z' }))),
      {
        introspection: invalid('token_inactive'),
        jwt: GOOD,
        because:
          'a JWT cannot be taken back: it is good until its exp where the authorization server is not asked',
      },
    ),
  ),
  differing(
    'a refresh token',
    (issuer) =>
      bearer(
        issuer.knows('refresh-token-0123456789abcdef', {
          token_type: 'refresh_token',
          scope: 'user',
          aud: RESOURCE,
        }),
      ),
    {
      introspection: invalid('not_a_bearer_token'),
      jwt: invalid('token_not_a_jwt'),
      because: 'introspection says what it is',
    },
  ),
  differing(
    'an ID token',
    (issuer) => {
      const token = issuer.issues({ aud: 'client-a', nonce: 'n-0123456789' }, { typ: 'JWT' });
      return bearer(issuer.knows(token, { typ: 'ID', aud: 'client-a' }));
    },
    {
      introspection: invalid('not_a_bearer_token'),
      jwt: invalid('token_type_wrong'),
      because: 'each is told by the means that the verifier has',
    },
  ),
  both(
    'bound to a key of DPoP: token_type and cnf',
    (issuer) => {
      const cnf = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' };
      return bearer(issuer.issues({ cnf, token_type: 'DPoP' }));
    },
    invalid('not_a_bearer_token'),
  ),
  both(
    'bound to a key of DPoP: cnf alone',
    issued({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } }),
    invalid('not_a_bearer_token'),
  ),
  both(
    'bound to a certificate',
    issued({ cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } }),
    invalid('not_a_bearer_token'),
  ),
];
