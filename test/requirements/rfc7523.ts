import type { Specification } from './specification.js';

/** What it asks for where a JWT authenticates a client; JWTs as grants are not served. */
export const rfc7523 = {
  name: 'RFC 7523',
  title: 'JWT Profile for Client Authentication',
  url: 'https://www.rfc-editor.org/rfc/rfc7523#section-',
  requirements: [
    {
      id: 'rfc7523-2.2-single',
      section: '2.2',
      level: 'MUST',
      text: 'client_assertion holds one JWT; anything else is refused.',
    },
    {
      id: 'rfc7523-3-validate',
      section: '3',
      level: 'MUST',
      text: 'A client gets tokens by a JWT only if the JWT passes every check of this section.',
    },
    {
      id: 'rfc7523-3-iss',
      section: '3',
      level: 'MUST',
      text: 'A JWT without iss is refused.',
    },
    {
      id: 'rfc7523-3-iss-comparison',
      section: '3',
      level: 'MUST',
      text: 'iss is compared character by character.',
    },
    {
      id: 'rfc7523-3-sub',
      section: '3',
      level: 'MUST',
      text: 'A JWT whose sub is not the client_id of the client is refused.',
    },
    {
      id: 'rfc7523-3-aud',
      section: '3',
      level: 'MUST',
      text: 'A JWT without aud is refused.',
    },
    {
      id: 'rfc7523-3-aud-reject',
      section: '3',
      level: 'MUST',
      text: 'A JWT whose aud does not name this server is refused.',
    },
    {
      id: 'rfc7523-3-aud-comparison',
      section: '3',
      level: 'MUST',
      text: 'aud is compared character by character.',
    },
    {
      id: 'rfc7523-3-exp',
      section: '3',
      level: 'MUST',
      text: 'A JWT without exp is refused.',
    },
    {
      id: 'rfc7523-3-expired',
      section: '3',
      level: 'MUST',
      text: 'A JWT whose exp has passed is refused.',
    },
    {
      id: 'rfc7523-3-nbf',
      section: '3',
      level: 'MUST',
      text: 'A JWT whose nbf has not come is refused.',
    },
    {
      id: 'rfc7523-3-signed',
      section: '3',
      level: 'MUST',
      text: 'A JWT that is not signed is refused.',
    },
    {
      id: 'rfc7523-3-signature',
      section: '3',
      level: 'MUST',
      text: 'A JWT whose signature does not fit a key of the client is refused.',
    },
    {
      id: 'rfc7523-3-jwt',
      section: '3',
      level: 'MUST',
      text: 'A JWT that is not valid in any other respect (RFC 7519) is refused.',
    },
    {
      id: 'rfc7523-3.2-error',
      section: '3.2',
      level: 'MUST',
      text: 'The error for a JWT that is not valid is invalid_client.',
    },
    {
      id: 'rfc7523-5-rs256',
      section: '5',
      level: 'MUST',
      text: 'JWTs that are signed with RS256 are understood.',
    },
  ],
  notApplicable: [
    {
      section: '2.1',
      text: 'What an authorization server does with a JWT as an authorization grant (§3.1 too).',
      why: 'the grant type jwt-bearer is not served',
    },
  ],
} as const satisfies Specification;
