import type { Specification } from '../specification.js';

export const oauth21OfResourceServers = {
  name: 'OAuth 2.1, resource servers',
  title: 'draft-ietf-oauth-v2-1-13',
  url: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-',
  requirements: [
    {
      id: 'rs.oauth2.1-5-validate',
      section: '5',
      level: 'MUST',
      text: 'The token is validated, has not expired, and its scope covers what is asked for.',
    },
    {
      id: 'rs.oauth2.1-5.1-not-in-query',
      section: '5.1',
      level: 'MUST',
      text: 'A token in the query is ignored.',
    },
    {
      id: 'rs.oauth2.1-5.1.1-header',
      section: '5.1.1',
      level: 'MUST',
      text: 'The Authorization header with the scheme Bearer is supported; bearer is not case-sensitive.',
    },
    {
      id: 'rs.oauth2.1-5.2-expired',
      section: '5.2',
      level: 'MUST',
      text: 'A token that has expired is refused.',
    },
    {
      id: 'rs.oauth2.1-5.2-resource',
      section: '5.2',
      level: 'MUST',
      text: 'A token that is not for this resource is refused.',
    },
    {
      id: 'rs.oauth2.1-5.2-scope',
      section: '5.2',
      level: 'MUST',
      text: 'A token without the scope is refused.',
    },
    {
      id: 'rs.oauth2.1-5.3-inform',
      section: '5.3',
      level: 'SHOULD',
      text: 'A client is told of the error.',
    },
    {
      id: 'rs.oauth2.1-5.3.1-challenge',
      section: '5.3.1',
      level: 'MUST',
      text: 'A request without a token that lets it in is answered with WWW-Authenticate.',
    },
    {
      id: 'rs.oauth2.1-5.3.1-scheme',
      section: '5.3.1',
      level: 'MUST',
      text: 'The challenge is Bearer, followed by one parameter at least.',
    },
    {
      id: 'rs.oauth2.1-5.3.1-once',
      section: '5.3.1',
      level: 'MUST',
      text: 'No parameter stands there twice.',
    },
    {
      id: 'rs.oauth2.1-5.3.1-error',
      section: '5.3.1',
      level: 'SHOULD',
      text: 'Where a token was refused the challenge has error.',
    },
    {
      id: 'rs.oauth2.1-5.3.1-characters',
      section: '5.3.1',
      level: 'MUST',
      text: 'scope, error and error_description keep to the characters of each.',
    },
    {
      id: 'rs.oauth2.1-5.3.2-invalid-request',
      section: '5.3.2',
      level: 'SHOULD',
      text: 'invalid_request has the status 400.',
    },
    {
      id: 'rs.oauth2.1-5.3.2-invalid-token',
      section: '5.3.2',
      level: 'SHOULD',
      text: 'invalid_token has the status 401.',
    },
    {
      id: 'rs.oauth2.1-5.3.2-insufficient-scope',
      section: '5.3.2',
      level: 'SHOULD',
      text: 'insufficient_scope has the status 403.',
    },
    {
      id: 'rs.oauth2.1-5.3.2-no-error',
      section: '5.3.2',
      level: 'SHOULD',
      text: 'Where there was no token there is no error in the challenge.',
    },
  ],
  notApplicable: [
    {
      section: '5.1.2',
      text: 'Rules for a token in the body of a form.',
      why: 'no token is taken from a body',
    },
  ],
} as const satisfies Specification;
