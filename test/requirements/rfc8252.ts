import type { Specification } from './specification.js';

export const rfc8252 = {
  name: 'RFC 8252',
  title: 'OAuth 2.0 for Native Apps',
  url: 'https://www.rfc-editor.org/rfc/rfc8252#section-',
  requirements: [
    {
      id: 'rfc8252-6-pkce',
      section: '6',
      level: 'MUST',
      text: 'PKCE is served to public native clients.',
    },
    {
      id: 'rfc8252-7-three-kinds',
      section: '7',
      level: 'MUST',
      text: 'Native clients may have redirect URIs of a private-use scheme, https ones, and loopback ones.',
    },
    {
      id: 'rfc8252-7.3-any-port',
      section: '7.3',
      level: 'MUST',
      text: 'A loopback redirect URI may come with any port.',
    },
    {
      id: 'rfc8252-8.1-pkce',
      section: '8.1',
      level: 'SHOULD',
      text: 'An authorization request of a native client without PKCE is refused, as RFC 7636 §4.4.1 has it.',
    },
    {
      id: 'rfc8252-8.2-no-implicit',
      section: '8.2',
      level: 'SHOULD',
      text: 'Native clients do not use the implicit grant.',
    },
    {
      id: 'rfc8252-8.4-public',
      section: '8.4',
      level: 'MUST',
      text: 'A native client without a secret of its own is registered as a public client.',
    },
    {
      id: 'rfc8252-8.4-client-type',
      section: '8.4',
      level: 'MUST',
      text: 'The type of a client, public or confidential, is kept with its registration and decides how it is treated.',
    },
    {
      id: 'rfc8252-8.4-complete',
      section: '8.4',
      level: 'MUST',
      text: 'Clients have to register complete redirect URIs, path included.',
    },
    {
      id: 'rfc8252-8.4-exact',
      section: '8.4',
      level: 'MUST',
      text: 'A redirect URI that is not exactly a registered one is refused, the port on loopback apart.',
    },
    {
      id: 'rfc8252-8.4-reverse-domain',
      section: '8.4',
      level: 'SHOULD',
      text: 'A private-use scheme has to be a domain name in reverse order.',
    },
    {
      id: 'rfc8252-8.4-period',
      section: '8.4',
      level: 'SHOULD',
      text: 'A private-use scheme without a period is refused.',
    },
    {
      id: 'rfc8252-8.5-no-shared-secret',
      section: '8.5',
      level: 'SHOULD',
      text: 'No shared secret is asked of public native clients.',
    },
    {
      id: 'rfc8252-8.6-consent',
      section: '8.6',
      level: 'SHOULD',
      text: 'No authorization request passes without the user, unless the identity of the client is sure.',
    },
    {
      id: 'rfc8252-8.6-repeated',
      section: '8.6',
      level: 'SHOULD',
      text: 'That goes for a client that was approved before, too.',
    },
  ],
  notApplicable: [
    {
      section: '8.5',
      text: 'A native client that is asked for a secret which all its copies share is treated as public all the same.',
      why: 'a secret is only asked of a client that was given one of its own',
    },
  ],
} as const satisfies Specification;
