import type { Specification } from './specification.js';

export const rfc7009 = {
  name: 'RFC 7009',
  title: 'Token Revocation',
  url: 'https://www.rfc-editor.org/rfc/rfc7009#section-',
  requirements: [
    {
      id: 'rfc7009-2-refresh-tokens',
      section: '2',
      level: 'MUST',
      text: 'A client can revoke its refresh tokens.',
    },
    {
      id: 'rfc7009-2-access-tokens',
      section: '2',
      level: 'SHOULD',
      text: 'A client can revoke its access tokens.',
    },
    {
      id: 'rfc7009-2-url',
      section: '2',
      level: 'MUST',
      text: 'The URL of the revocation endpoint is one as RFC 6749 §3.1 asks for: absolute, without fragment.',
    },
    {
      id: 'rfc7009-2-https',
      section: '2',
      level: 'MUST',
      text: 'The URL of the revocation endpoint is an https URL.',
    },
    {
      id: 'rfc7009-2-tls',
      section: '2',
      level: 'MUST',
      text: 'The server uses TLS in a version that RFC 6749 §1.6 allows.',
    },
    {
      id: 'rfc7009-2.1-token',
      section: '2.1',
      level: 'MUST',
      text: 'token is required in a request.',
    },
    {
      id: 'rfc7009-2.1-hint',
      section: '2.1',
      level: 'MUST',
      text: 'A token that is not found under its token_type_hint is looked for among the tokens of every other type.',
    },
    {
      id: 'rfc7009-2.1-of-grant',
      section: '2.1',
      level: 'SHOULD',
      text: 'With a refresh token, the access tokens of the same grant are revoked.',
    },
    {
      id: 'rfc7009-5-denial-of-service',
      section: '5',
      level: 'MUST',
      text: 'The revocation endpoint is guarded against denial of service as the token endpoint is.',
    },
    {
      id: 'rfc7009-5-hints',
      section: '5',
      level: 'MUST',
      text: 'A token_type_hint that is wrong costs the server no more look-ups than none.',
    },
    {
      id: 'rfc7009-5-client',
      section: '5',
      level: 'MUST',
      text: 'A request without a client_id that is known, or without the credentials of a confidential client, is refused.',
    },
    {
      id: 'rfc7009-5-own-tokens',
      section: '5',
      level: 'MUST',
      text: 'A client can revoke its own tokens only.',
    },
  ],
  notApplicable: [
    {
      section: '2',
      text: 'Where the host can be reached over http too, it revokes there as well, but does not publish that URL.',
      why: 'the server listens on one port, with one scheme',
    },
  ],
} as const satisfies Specification;
