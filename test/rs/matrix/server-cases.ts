import type { RefusalReason } from '../../../src/shared/oauth/errors.js';
import {
  bearer,
  differing,
  GOOD,
  type MatrixCase,
  onFirstRequest,
  unavailable,
  type Verdict,
} from './case.js';
import type { Issuer } from './issuer.js';

/** A good token, and an authorization server that is in trouble when the token is the first thing to come. */
const inTrouble = (
  name: string,
  trouble: (issuer: Issuer) => void,
  verdicts: { introspection: Verdict; jwt: Verdict },
): MatrixCase =>
  onFirstRequest(
    differing(
      name,
      (issuer) => {
        const token = issuer.issues();
        trouble(issuer);
        return bearer(token);
      },
      { ...verdicts, because: 'each needs something else of it' },
    ),
  );

const answering = (answer: () => Response | Promise<Response>) => (issuer: Issuer) => {
  issuer.answer = async () => answer();
};

/** What comes of a good token while the authorization server cannot be asked. */
export const SERVER_CASES = [
  inTrouble('the authorization server is down', (issuer) => (issuer.up = false), {
    introspection: unavailable('as_unreachable'),
    jwt: unavailable('as_unreachable'),
  }),
  inTrouble(
    'it has no metadata',
    (issuer) => (issuer.metadata = async () => new Response(null, { status: 404 })),
    {
      introspection: unavailable('as_metadata_not_found'),
      jwt: unavailable('as_metadata_not_found'),
    },
  ),
  inTrouble(
    'its metadata is of another issuer',
    (issuer) => (issuer.metadata = async () => Response.json({ issuer: 'https://as.example' })),
    {
      introspection: unavailable('as_issuer_mismatch'),
      jwt: unavailable('as_issuer_mismatch'),
    },
  ),
  inTrouble(
    'its metadata names no endpoint',
    (issuer) => (issuer.metadata = async () => Response.json({ issuer: 'http://localhost:9000' })),
    {
      introspection: unavailable('introspection_endpoint_missing'),
      jwt: unavailable('jwks_uri_missing'),
    },
  ),
  inTrouble(
    'the endpoint breaks the connection',
    answering(() => Promise.reject(new TypeError('fetch failed'))),
    {
      introspection: unavailable('introspection_unreachable'),
      jwt: unavailable('jwks_unreachable'),
    },
  ),
  inTrouble(
    'the endpoint never answers',
    answering(() => new Promise(() => {})),
    {
      introspection: unavailable('introspection_unreachable'),
      jwt: unavailable('jwks_unreachable'),
    },
  ),
  inTrouble(
    'the endpoint answers 500',
    answering(() => new Response('oops', { status: 500 })),
    {
      introspection: unavailable('introspection_failed'),
      jwt: unavailable('jwks_failed'),
    },
  ),
  inTrouble(
    'the endpoint answers 401',
    answering(() => Response.json({ error: 'invalid_client' }, { status: 401 })),
    {
      introspection: unavailable('introspection_credentials_refused'),
      jwt: unavailable('jwks_failed'),
    },
  ),
  inTrouble(
    'the endpoint sends elsewhere',
    answering(() => new Response(null, { status: 302, headers: { location: 'https://attacker.example/' } })),
    {
      introspection: unavailable('introspection_failed'),
      jwt: unavailable('jwks_failed'),
    },
  ),
  inTrouble(
    'the endpoint answers with a page',
    answering(() => new Response('<html>')),
    {
      introspection: unavailable('introspection_malformed'),
      jwt: unavailable('jwks_malformed'),
    },
  ),
  inTrouble(
    'the endpoint answers with other JSON',
    answering(() => Response.json({ active: 'yes', keys: 'many' })),
    {
      introspection: unavailable('introspection_malformed'),
      jwt: unavailable('jwks_malformed'),
    },
  ),
  inTrouble(
    'the endpoint answers with more than can be read',
    answering(() => Response.json({ padding: 'x'.repeat(300_000) })),
    {
      introspection: unavailable('introspection_unreachable'),
      jwt: unavailable('jwks_malformed'),
    },
  ),
];

/** The same once a token has been served. */
export const LATER_CASES: readonly MatrixCase[] = [
  later('the authorization server goes down', (issuer) => (issuer.up = false), 'introspection_unreachable'),
  later(
    'its endpoint fails',
    answering(() => new Response('oops', { status: 500 })),
    'introspection_failed',
  ),
];

function later(name: string, trouble: (issuer: Issuer) => void, reason: RefusalReason): MatrixCase {
  const show = (issuer: Issuer) => {
    const token = issuer.issues();
    trouble(issuer);
    return bearer(token);
  };
  return differing(name, show, {
    introspection: unavailable(reason),
    jwt: GOOD,
    because: 'the keys are at hand',
  });
}
