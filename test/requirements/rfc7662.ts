import type { Specification } from './specification.js';

export const rfc7662 = {
  name: 'RFC 7662',
  title: 'Token Introspection',
  url: 'https://www.rfc-editor.org/rfc/rfc7662#section-',
  requirements: [
    {
      id: 'rfc7662-2-tls',
      section: '2',
      level: 'MUST',
      text: 'The introspection endpoint is protected by TLS.',
    },
    {
      id: 'rfc7662-2.1-token',
      section: '2.1',
      level: 'MUST',
      text: 'token is required in a request.',
    },
    {
      id: 'rfc7662-2.1-hint',
      section: '2.1',
      level: 'MUST',
      text: 'A token that is not found under its token_type_hint is looked for among the tokens of every other type.',
    },
    {
      id: 'rfc7662-2.1-undetermined',
      section: '2.1',
      level: 'SHOULD',
      text: 'A token whose state cannot be told is called inactive.',
    },
    {
      id: 'rfc7662-2.1-authorization',
      section: '2.1',
      level: 'MUST',
      text: 'Only callers with some form of authorization are answered.',
    },
    {
      id: 'rfc7662-2.2-active',
      section: '2.2',
      level: 'MUST',
      text: 'The response has active, a boolean.',
    },
    {
      id: 'rfc7662-2.2-registered-names',
      section: '2.2',
      level: 'MUST',
      text: 'Members of the response that others are to understand are registered ones.',
    },
    {
      id: 'rfc7662-2.2-inactive',
      section: '2.2',
      level: 'MUST',
      text: 'For a token that is not active, not known, or not for the caller to know, the response says active: false.',
    },
    {
      id: 'rfc7662-2.2-nothing-more',
      section: '2.2',
      level: 'SHOULD',
      text: 'Of an inactive token nothing more is told, nor why it is inactive.',
    },
    {
      id: 'rfc7662-2.3-no-error',
      section: '2.3',
      level: 'MUST',
      text: 'A token that is not active is no error: the status is 200.',
    },
    {
      id: 'rfc7662-4-checks',
      section: '4',
      level: 'MUST',
      text: 'Everything that a token’s state depends on is checked.',
    },
    {
      id: 'rfc7662-4-expired',
      section: '4',
      level: 'MUST',
      text: 'A token that has expired is inactive.',
    },
    {
      id: 'rfc7662-4-revoked',
      section: '4',
      level: 'MUST',
      text: 'A token that was revoked is inactive.',
    },
    {
      id: 'rfc7662-4-signature',
      section: '4',
      level: 'MUST',
      text: 'A signed token whose signature is not valid is inactive.',
    },
    {
      id: 'rfc7662-4-resource',
      section: '4',
      level: 'MUST',
      text: 'A token that is for certain resource servers only is inactive for any other that asks.',
    },
    {
      id: 'rfc7662-4-authenticate',
      section: '4',
      level: 'MUST',
      text: 'Resource servers have to authenticate.',
    },
    {
      id: 'rfc7662-4-authorized',
      section: '4',
      level: 'SHOULD',
      text: 'Only those that were allowed to introspect may do so.',
    },
    {
      id: 'rfc7662-4-tls-1.2',
      section: '4',
      level: 'MUST',
      text: 'The server supports TLS 1.2.',
    },
    {
      id: 'rfc7662-4-no-claims',
      section: '4',
      level: 'SHOULD',
      text: 'The response for an inactive token has no member but active.',
    },
    {
      id: 'rfc7662-5-privacy',
      section: '5',
      level: 'MUST',
      text: 'What a response tells of the user reaches nobody but the resource server that asked.',
    },
  ],
  notApplicable: [
    {
      section: '4',
      text: 'A token whose time has not come is inactive.',
      why: 'every token is valid from the moment it is issued',
    },
    {
      section: '4',
      text: 'Who designs a system with introspection weighs what caching costs, and nobody caches beyond exp.',
      why: 'a rule for those who ask; the response says no-store',
    },
  ],
} as const satisfies Specification;
