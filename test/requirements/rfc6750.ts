import type { Specification } from './specification.js';

export const rfc6750 = {
  name: 'RFC 6750',
  title: 'Bearer Token Usage',
  url: 'https://www.rfc-editor.org/rfc/rfc6750#section-',
  requirements: [
    {
      id: 'rfc6750-2.1-header',
      section: '2.1',
      level: 'MUST',
      text: 'Where the server itself takes a bearer token (at a client’s configuration endpoint), it takes it from the Authorization header.',
    },
    {
      id: 'rfc6750-3-challenge',
      section: '3',
      level: 'MUST',
      text: 'Where the server itself takes a bearer token, a request without one that lets it in is answered with a WWW-Authenticate header.',
    },
    {
      id: 'rfc6750-3-scheme',
      section: '3',
      level: 'MUST',
      text: 'That challenge names the scheme Bearer, followed by at least one parameter.',
    },
    {
      id: 'rfc6750-3-once',
      section: '3',
      level: 'MUST',
      text: 'No parameter of that challenge stands there twice.',
    },
    {
      id: 'rfc6750-3-characters',
      section: '3',
      level: 'MUST',
      text: 'The values of error and error_description are printable ASCII without quotes and backslashes.',
    },
    {
      id: 'rfc6750-3-error',
      section: '3',
      level: 'SHOULD',
      text: 'The challenge to a request with a token that does not let it in has the parameter error.',
    },
    {
      id: 'rfc6750-3.1-invalid-request',
      section: '3.1',
      level: 'SHOULD',
      text: 'A malformed request is refused with status 400 (invalid_request).',
    },
    {
      id: 'rfc6750-3.1-invalid-token',
      section: '3.1',
      level: 'SHOULD',
      text: 'A bearer token that is not valid, or not any more, is refused with status 401 (invalid_token).',
    },
    {
      id: 'rfc6750-3.1-no-details',
      section: '3.1',
      level: 'SHOULD',
      text: 'The challenge to a request without any credentials holds no error code.',
    },
    {
      id: 'rfc6750-5.2-unguessable',
      section: '5.2',
      level: 'MUST',
      text: 'An access token that only refers to what it is worth cannot be guessed.',
    },
    {
      id: 'rfc6750-5.2-integrity',
      section: '5.2',
      level: 'MUST',
      text: 'An access token that somebody changed is worth nothing.',
    },
    {
      id: 'rfc6750-5.2-scope',
      section: '5.2',
      level: 'SHOULD',
      text: 'An access token is restricted to the scope that was granted.',
    },
    {
      id: 'rfc6750-5.2-tls',
      section: '5.2',
      level: 'MUST',
      text: 'The server can be run with TLS.',
    },
    {
      id: 'rfc6750-5.2-confidential',
      section: '5.2',
      level: 'MUST',
      text: 'Tokens travel between server and client over TLS with confidentiality and integrity.',
    },
    {
      id: 'rfc6750-5.2-cookies',
      section: '5.2',
      level: 'MUST',
      text: 'No access token is put into a cookie that can be sent in the clear.',
    },
    {
      id: 'rfc6750-5.2-lifetime',
      section: '5.2',
      level: 'MUST',
      text: 'The lifetime of an access token is limited.',
    },
    {
      id: 'rfc6750-5.3-short-lived',
      section: '5.3',
      level: 'SHOULD',
      text: 'Access tokens live for one hour or less.',
    },
    {
      id: 'rfc6750-5.3-audience',
      section: '5.3',
      level: 'SHOULD',
      text: 'Access tokens name the resource servers they are for.',
    },
    {
      id: 'rfc6750-5.3-page-urls',
      section: '5.3',
      level: 'SHOULD',
      text: 'No access token stands in the URL of a page: not in a redirect, and an endpoint takes none from its query.',
    },
  ],
  notApplicable: [
    {
      section: '2.3',
      text: 'The answer to a request with the token in its query has a Cache-Control header with private.',
      why: 'no endpoint takes a token from its query',
    },
    {
      section: '3',
      text: 'The values of scope and error_uri in a challenge keep to the characters of each.',
      why: 'the challenge of the configuration endpoint has neither',
    },
    {
      section: '3.1',
      text: 'A token whose scope does not reach is refused with status 403 (insufficient_scope).',
      why: 'the token of a registration has no scope',
    },
    {
      section: '5.2',
      text: 'A token whose contents the client must not see is encrypted.',
      why: 'an opaque token has no contents, and a JWT says nothing that its client may not know',
    },
    {
      section: '5.2',
      text: 'The token stays confidential between the end of TLS and the resource server behind it.',
      why: 'a rule for who sets up the resource server',
    },
    {
      section: '5.3',
      text: 'Who stores bearer tokens in cookies takes precautions against cross-site request forgery.',
      why: 'no cookie of this server holds a token',
    },
  ],
} as const satisfies Specification;
