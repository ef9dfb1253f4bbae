import type { Specification } from '../specification.js';

export const rfc6750OfResourceServers = {
  name: 'RFC 6750, resource servers',
  title: 'Bearer Token Usage',
  url: 'https://www.rfc-editor.org/rfc/rfc6750#section-',
  requirements: [
    {
      id: 'rs.rfc6750-2-one-method',
      section: '2',
      level: 'SHOULD',
      text: 'A request that brings its token in more than one way is refused.',
    },
    {
      id: 'rs.rfc6750-2.1-header',
      section: '2.1',
      level: 'MUST',
      text: 'The Authorization header with the scheme Bearer is supported.',
    },
    {
      id: 'rs.rfc6750-3-challenge',
      section: '3',
      level: 'MUST',
      text: 'A request without a token that lets it in is answered with WWW-Authenticate.',
    },
    {
      id: 'rs.rfc6750-3-scheme',
      section: '3',
      level: 'MUST',
      text: 'The challenge is Bearer, followed by one parameter at least.',
    },
    {
      id: 'rs.rfc6750-3-once',
      section: '3',
      level: 'MUST',
      text: 'No parameter stands there twice.',
    },
    {
      id: 'rs.rfc6750-3-characters',
      section: '3',
      level: 'MUST',
      text: 'scope, error and error_description keep to the characters of each.',
    },
    {
      id: 'rs.rfc6750-3-error',
      section: '3',
      level: 'SHOULD',
      text: 'Where a token was refused the challenge has error.',
    },
    {
      id: 'rs.rfc6750-3.1-invalid-request',
      section: '3.1',
      level: 'SHOULD',
      text: 'invalid_request has the status 400.',
    },
    {
      id: 'rs.rfc6750-3.1-invalid-token',
      section: '3.1',
      level: 'SHOULD',
      text: 'invalid_token has the status 401.',
    },
    {
      id: 'rs.rfc6750-3.1-insufficient-scope',
      section: '3.1',
      level: 'SHOULD',
      text: 'insufficient_scope has the status 403.',
    },
    {
      id: 'rs.rfc6750-3.1-no-details',
      section: '3.1',
      level: 'SHOULD',
      text: 'Where there was no token there is no error in the challenge.',
    },
  ],
  notApplicable: [
    {
      section: '2.2',
      text: 'Rules for a token in the body of a form.',
      why: 'no token is taken from a body',
    },
    {
      section: '2.3',
      text: 'Rules for a token in the query.',
      why: 'no token is taken from the query',
    },
  ],
} as const satisfies Specification;
