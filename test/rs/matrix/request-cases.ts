import { bearer, both, differing, GOOD, header, invalid, malformed, withoutToken } from './case.js';
import { claims, jwt } from './issuer.js';

const NOTHING = { headers: [], secrets: [] } as const;
const OPAQUE = 'b3BhcXVlLXRva2VuLW9mLW5vYm9keQ-0123456789';

/** How a token is sent. */
export const REQUEST_CASES = [
  both('no Authorization header', () => NOTHING, withoutToken('token_missing')),
  both(
    'an empty Authorization header',
    () => ({ ...NOTHING, headers: [['authorization', '']] }),
    withoutToken('other_scheme'),
  ),
  both(
    'Basic credentials',
    () => ({ ...NOTHING, headers: [['authorization', 'Basic dTpw']] }),
    withoutToken('other_scheme'),
  ),
  both(
    'a good token under the scheme DPoP',
    header((token) => `DPoP ${token}`),
    withoutToken('other_scheme'),
  ),
  both(
    'a good token without a scheme',
    header((token) => token),
    withoutToken('other_scheme'),
  ),
  both(
    'a good token behind a tab',
    header((token) => `Bearer\t${token}`),
    withoutToken('other_scheme'),
  ),
  both(
    'the scheme in lower case',
    header((token) => `bearer ${token}`),
    GOOD,
  ),
  both(
    'the scheme in upper case',
    header((token) => `BEARER ${token}`),
    GOOD,
  ),
  both(
    'two spaces behind the scheme',
    header((token) => `Bearer  ${token}`),
    GOOD,
  ),
  both(
    'the scheme alone',
    () => ({ ...NOTHING, headers: [['authorization', 'Bearer']] }),
    malformed('authorization_malformed'),
  ),
  both(
    'two tokens',
    header((token) => `Bearer ${token} ${token}`),
    malformed('authorization_malformed'),
  ),
  both(
    'a token in quotes',
    header((token) => `Bearer "${token}"`),
    malformed('authorization_malformed'),
  ),
  both(
    'a token as a parameter',
    header((token) => `Bearer token="${token}"`),
    malformed('authorization_malformed'),
  ),
  both(
    'a control character in the token',
    header((token) => `Bearer ${token}\u0007`),
    malformed('authorization_malformed'),
  ),
  both(
    'a letter outside ASCII in the token',
    header((token) => `Bearer ${token}\u00e9`),
    malformed('authorization_malformed'),
  ),
  both(
    'the Authorization header twice',
    (issuer) => {
      const token = issuer.issues();
      const line = ['authorization', `Bearer ${token}`] as const;
      return { headers: [line, line], secrets: [token] };
    },
    malformed('authorization_malformed'),
  ),
  both(
    'Basic credentials and a good token, in two headers',
    (issuer) => {
      const token = issuer.issues();
      const headers = [
        ['authorization', 'Basic dTpw'],
        ['authorization', `Bearer ${token}`],
      ] as const;
      return { headers, secrets: [token] };
    },
    withoutToken('other_scheme'),
  ),
  both(
    'a good token in the query only',
    (issuer) => {
      const token = issuer.issues();
      return { headers: [], query: `?access_token=${token}`, secrets: [token] };
    },
    withoutToken('token_in_query'),
  ),
  both(
    'a good token in query and header',
    (issuer) => {
      const token = issuer.issues();
      return { ...bearer(token), query: `?access_token=${token}` };
    },
    malformed('token_sent_twice'),
  ),
  both(
    'a good token in a form body only',
    (issuer) => {
      const token = issuer.issues();
      return { headers: [], form: `access_token=${token}`, secrets: [token] };
    },
    withoutToken('token_in_body'),
  ),
  both(
    'a good token in a form body and in the header',
    (issuer) => {
      const token = issuer.issues();
      return { ...bearer(token), form: `access_token=${token}` };
    },
    malformed('token_sent_twice'),
  ),
  both(
    'a good token of more than 8192 characters',
    (issuer) => bearer(issuer.issues({ padding: 'x'.repeat(8192) })),
    malformed('authorization_malformed'),
  ),
  differing('a random value', () => bearer(OPAQUE), {
    introspection: invalid('token_inactive'),
    jwt: invalid('token_not_a_jwt'),
    because: 'only who knows what tokens look like can tell a wrong one from one of another kind',
  }),
  differing('a token of three parts that are no base64url', () => bearer('~~~.~~~.~~~'), {
    introspection: invalid('token_inactive'),
    jwt: invalid('token_not_a_jwt'),
    because: 'to introspection it is an opaque token',
  }),
  differing('a good token with padding behind it', (issuer) => ({ ...bearer(`${issuer.issues()}==`) }), {
    introspection: invalid('token_inactive'),
    jwt: invalid('token_not_a_jwt'),
    because: 'padding is allowed in tokens (RFC 6750), but not in JWTs (RFC 7515)',
  }),
  differing('nothing but dots', () => bearer('..'), {
    introspection: invalid('token_inactive'),
    jwt: invalid('token_not_a_jwt'),
    because: 'to introspection it is an opaque token',
  }),
  both(
    'a JWT of a client, as it shows it at the token endpoint',
    () =>
      bearer(
        jwt({
          payload: claims({ iss: 'client-a', sub: 'client-a' }),
          header: { alg: 'ES256', typ: 'at+jwt', kid: 'key-1' },
        }),
      ),
    invalid('issuer_mismatch'),
  ),
];
