import type { Specification } from './specification.js';

export const rfc8707 = {
  name: 'RFC 8707',
  title: 'Resource Indicators for OAuth 2.0',
  url: 'https://www.rfc-editor.org/rfc/rfc8707#section-',
  requirements: [
    {
      id: 'rfc8707-2-absolute',
      section: '2',
      level: 'MUST',
      text: 'A resource is an absolute URI; anything else is refused.',
    },
    {
      id: 'rfc8707-2-fragment',
      section: '2',
      level: 'MUST',
      text: 'A resource has no fragment; one that has is refused.',
    },
    {
      id: 'rfc8707-2-audience',
      section: '2',
      level: 'SHOULD',
      text: 'The audience of an access token is restricted to the resources that the request named.',
    },
    {
      id: 'rfc8707-2.1-invalid-target',
      section: '2.1',
      level: 'SHOULD',
      text: 'A resource that cannot be parsed, or is not acceptable, is refused with invalid_target. (In lower case in the RFC.)',
    },
    {
      id: 'rfc8707-2.2-effective-scope',
      section: '2.2',
      level: 'MUST',
      text: 'The token response names the scope of the access token when it is not the one that was asked for. (In lower case in the RFC.)',
    },
  ],
  notApplicable: [
    {
      section: '2.2',
      text: 'The scope of a token is cut down to what its resource can process. (In lower case in the RFC.)',
      why: 'scopes are configured for the server as a whole, so every resource can process each of them',
    },
  ],
} as const satisfies Specification;
