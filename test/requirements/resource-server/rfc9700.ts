import type { Specification } from '../specification.js';

export const rfc9700OfResourceServers = {
  name: 'RFC 9700, resource servers',
  title: 'Best Current Practice for OAuth 2.0 Security',
  url: 'https://www.rfc-editor.org/rfc/rfc9700#section-',
  requirements: [
    {
      id: 'rs.rfc9700-2.2.1-sender-constrained',
      section: '2.2.1',
      level: 'SHOULD',
      text: 'Tokens are bound to a key of their client.',
    },
    {
      id: 'rs.rfc9700-2.3-audience',
      section: '2.3',
      level: 'MUST',
      text: 'For every request it is checked that the token was meant for this server, and it is refused otherwise.',
    },
    {
      id: 'rs.rfc9700-2.3-scope',
      section: '2.3',
      level: 'MUST',
      text: 'For every request it is checked that the token was meant for what is asked for.',
    },
    {
      id: 'rs.rfc9700-2.6-tls',
      section: '2.6',
      level: 'SHOULD',
      text: 'TLS can reach from the client to this server.',
    },
    {
      id: 'rs.rfc9700-4.9.3-secrets',
      section: '4.9.3',
      level: 'MUST',
      text: 'Tokens are treated as secrets: neither stored nor passed on in plain text.',
    },
  ],
} as const satisfies Specification;
