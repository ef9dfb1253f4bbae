import type { Specification } from '../specification.js';

export const rfc7662OfResourceServers = {
  name: 'RFC 7662, resource servers',
  title: 'Token Introspection',
  url: 'https://www.rfc-editor.org/rfc/rfc7662#section-',
  requirements: [
    {
      id: 'rs.rfc7662-2.1-post',
      section: '2.1',
      level: 'MUST',
      text: 'The token is sent by POST, form-encoded, as token.',
    },
    {
      id: 'rs.rfc7662-2.1-authenticate',
      section: '2.1',
      level: 'MUST',
      text: 'This server authenticates at the endpoint.',
    },
    {
      id: 'rs.rfc7662-2.2-active',
      section: '2.2',
      level: 'MUST',
      text: 'What is not active is refused, whatever else the response says.',
    },
    {
      id: 'rs.rfc7662-4-tls',
      section: '4',
      level: 'MUST',
      text: 'Where the issuer is https, so is the endpoint, and its certificate is checked.',
    },
    {
      id: 'rs.rfc7662-4-cache-exp',
      section: '4',
      level: 'MUST',
      text: 'Nothing is cached past exp.',
    },
    {
      id: 'rs.rfc7662-4-cache-choice',
      section: '4',
      level: 'MUST',
      text: 'What a cache costs is weighed: it is off unless somebody wants it, and says what that means.',
    },
    {
      id: 'rs.rfc7662-5-privacy',
      section: '5',
      level: 'MUST',
      text: 'What the response tells of the user goes no further.',
    },
  ],
} as const satisfies Specification;
