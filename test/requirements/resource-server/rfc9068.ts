import type { Specification } from '../specification.js';

export const rfc9068OfResourceServers = {
  name: 'RFC 9068, resource servers',
  title: 'JWT Profile for Access Tokens, with --verify=jwt',
  url: 'https://www.rfc-editor.org/rfc/rfc9068#section-',
  requirements: [
    {
      id: 'rs.rfc9068-2.1-rs256',
      section: '2.1',
      level: 'MUST',
      text: 'RS256 is among the algorithms that are supported.',
    },
    {
      id: 'rs.rfc9068-4-typ',
      section: '4',
      level: 'MUST',
      text: 'typ is at+jwt or application/at+jwt.',
    },
    {
      id: 'rs.rfc9068-4-iss',
      section: '4',
      level: 'MUST',
      text: 'iss is the issuer, to the character.',
    },
    {
      id: 'rs.rfc9068-4-aud',
      section: '4',
      level: 'MUST',
      text: 'aud has this resource in it.',
    },
    {
      id: 'rs.rfc9068-4-signature',
      section: '4',
      level: 'MUST',
      text: 'The signature is good, by the algorithm that alg names.',
    },
    {
      id: 'rs.rfc9068-4-none',
      section: '4',
      level: 'MUST',
      text: 'alg none is refused.',
    },
    {
      id: 'rs.rfc9068-4-keys',
      section: '4',
      level: 'MUST',
      text: 'The keys are those of the authorization server, and no others.',
    },
    {
      id: 'rs.rfc9068-4-exp',
      section: '4',
      level: 'MUST',
      text: 'exp is in the future.',
    },
    {
      id: 'rs.rfc9068-4-errors',
      section: '4',
      level: 'MUST',
      text: 'Errors are answered as section 3.1 of RFC 6750 says.',
    },
    {
      id: 'rs.rfc9068-4-invalid-token',
      section: '4',
      level: 'MUST',
      text: 'What fails any of this is answered with invalid_token.',
    },
    {
      id: 'rs.rfc9068-4-scope',
      section: '4',
      level: 'SHOULD',
      text: 'What the token says of authorization (scope) decides whether a call is let through.',
    },
  ],
  notApplicable: [
    {
      section: '4',
      text: 'A token that is not encrypted is refused where encryption was agreed on.',
      why: 'none is agreed on',
    },
  ],
} as const satisfies Specification;
