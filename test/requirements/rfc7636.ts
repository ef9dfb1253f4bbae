import type { Specification } from './specification.js';

export const rfc7636 = {
  name: 'RFC 7636',
  title: 'Proof Key for Code Exchange',
  url: 'https://www.rfc-editor.org/rfc/rfc7636#section-',
  requirements: [
    {
      id: 'rfc7636-4.6-compare',
      section: '4.6',
      level: 'MUST',
      text: 'A verifier that does not hash to the challenge of the authorization request is answered with invalid_grant.',
    },
  ],
} as const satisfies Specification;
