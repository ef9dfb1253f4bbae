import type { Specification } from './specification.js';

export const rfc7636 = {
  name: 'RFC 7636',
  title: 'Proof Key for Code Exchange',
  url: 'https://www.rfc-editor.org/rfc/rfc7636#section-',
  requirements: [
    {
      id: 'rfc7636-4.2-s256',
      section: '4.2',
      level: 'MUST',
      text: 'S256 is served.',
    },
    {
      id: 'rfc7636-4.4-associate',
      section: '4.4',
      level: 'MUST',
      text: 'The challenge and its method are kept with the code.',
    },
    {
      id: 'rfc7636-4.4-secret',
      section: '4.4',
      level: 'MUST',
      text: 'The code, and what goes through the client with it, does not show the challenge.',
    },
    {
      id: 'rfc7636-4.4.1-missing',
      section: '4.4.1',
      level: 'MUST',
      text: 'An authorization request without code_challenge is answered with invalid_request.',
    },
    {
      id: 'rfc7636-4.4.1-missing-explained',
      section: '4.4.1',
      level: 'SHOULD',
      text: 'error_description says that the challenge is missing.',
    },
    {
      id: 'rfc7636-4.4.1-method',
      section: '4.4.1',
      level: 'MUST',
      text: 'A method that is not served is answered with invalid_request.',
    },
    {
      id: 'rfc7636-4.4.1-method-explained',
      section: '4.4.1',
      level: 'SHOULD',
      text: 'error_description says that the method is not served.',
    },
    {
      id: 'rfc7636-4.5-method',
      section: '4.5',
      level: 'MUST',
      text: 'The method by which the verifier is checked is that of the authorization request, whatever the token request says.',
    },
    {
      id: 'rfc7636-4.6-continue',
      section: '4.6',
      level: 'MUST',
      text: 'A verifier that fits the challenge is answered with tokens.',
    },
    {
      id: 'rfc7636-4.6-compare',
      section: '4.6',
      level: 'MUST',
      text: 'A verifier that does not hash to the challenge of the authorization request is answered with invalid_grant.',
    },
    {
      id: 'rfc7636-7.2-plain',
      section: '7.2',
      level: 'SHOULD',
      text: 'plain is not served.',
    },
    {
      id: 'rfc7636-7.2-s256',
      section: '7.2',
      level: 'SHOULD',
      text: 'S256, or a method as strong, is what the server asks for.',
    },
  ],
  notApplicable: [
    {
      section: '7.2',
      text: 'A plain challenge that is kept inside the code is encrypted.',
      why: 'plain is not served, and the challenge stays in the store',
    },
    {
      section: '7.4',
      text: 'The security analysis of RFC 6819 is followed.',
      why: 'RFC 9700, which updates it, is gone through below',
    },
  ],
} as const satisfies Specification;
