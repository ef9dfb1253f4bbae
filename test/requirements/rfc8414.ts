import type { Specification } from './specification.js';

export const rfc8414 = {
  name: 'RFC 8414',
  title: 'Authorization Server Metadata',
  url: 'https://www.rfc-editor.org/rfc/rfc8414#section-',
  requirements: [
    {
      id: 'rfc8414-2-issuer',
      section: '2',
      level: 'MUST',
      text: 'The metadata has issuer, a URL without query and fragment.',
    },
    {
      id: 'rfc8414-2-issuer-https',
      section: '2',
      level: 'MUST',
      text: 'The issuer is an https URL.',
    },
    {
      id: 'rfc8414-2-authorization-endpoint',
      section: '2',
      level: 'MUST',
      text: 'The metadata has authorization_endpoint.',
    },
    {
      id: 'rfc8414-2-token-endpoint',
      section: '2',
      level: 'MUST',
      text: 'The metadata has token_endpoint.',
    },
    {
      id: 'rfc8414-2-jwks-uri',
      section: '2',
      level: 'MUST',
      text: 'jwks_uri is an https URL.',
    },
    {
      id: 'rfc8414-2-scopes',
      section: '2',
      level: 'SHOULD',
      text: 'The metadata has scopes_supported.',
    },
    {
      id: 'rfc8414-2-response-types',
      section: '2',
      level: 'MUST',
      text: 'The metadata has response_types_supported.',
    },
    {
      id: 'rfc8414-2-token-algorithms',
      section: '2',
      level: 'MUST',
      text: 'Where the token endpoint takes private_key_jwt, the metadata has token_endpoint_auth_signing_alg_values_supported.',
    },
    {
      id: 'rfc8414-2-token-rs256',
      section: '2',
      level: 'SHOULD',
      text: 'RS256 is among token_endpoint_auth_signing_alg_values_supported.',
    },
    {
      id: 'rfc8414-2-token-none',
      section: '2',
      level: 'MUST',
      text: 'none is not among token_endpoint_auth_signing_alg_values_supported.',
    },
    {
      id: 'rfc8414-2-revocation-algorithms',
      section: '2',
      level: 'MUST',
      text: 'Where the revocation endpoint takes private_key_jwt, the metadata has revocation_endpoint_auth_signing_alg_values_supported.',
    },
    {
      id: 'rfc8414-2-revocation-none',
      section: '2',
      level: 'MUST',
      text: 'none is not among revocation_endpoint_auth_signing_alg_values_supported.',
    },
    {
      id: 'rfc8414-2-introspection-algorithms',
      section: '2',
      level: 'MUST',
      text: 'introspection_endpoint_auth_signing_alg_values_supported is there where the introspection endpoint takes private_key_jwt, which it does not.',
    },
    {
      id: 'rfc8414-3-location',
      section: '3',
      level: 'MUST',
      text: 'The metadata is at /.well-known/oauth-authorization-server, put between the host and the path of the issuer.',
    },
    {
      id: 'rfc8414-3-https',
      section: '3',
      level: 'MUST',
      text: 'The metadata is served over https.',
    },
    {
      id: 'rfc8414-3.1-get',
      section: '3.1',
      level: 'MUST',
      text: 'The metadata is read with GET.',
    },
    {
      id: 'rfc8414-3.1-slash',
      section: '3.1',
      level: 'MUST',
      text: 'A slash at the end of the issuer’s path is left out of the URL of the metadata.',
    },
    {
      id: 'rfc8414-3.2-response',
      section: '3.2',
      level: 'MUST',
      text: 'The response is 200, application/json, a JSON object.',
    },
    {
      id: 'rfc8414-3.2-no-empty',
      section: '3.2',
      level: 'MUST',
      text: 'A member without elements is left out.',
    },
    {
      id: 'rfc8414-3.3-issuer',
      section: '3.3',
      level: 'MUST',
      text: 'issuer is the very string that the URL of the metadata was made from.',
    },
    {
      id: 'rfc8414-6.1-tls',
      section: '6.1',
      level: 'MUST',
      text: 'The server supports TLS, TLS 1.2 included.',
    },
    {
      id: 'rfc8414-6.1-confidential',
      section: '6.1',
      level: 'MUST',
      text: 'The metadata travels over TLS with confidentiality and integrity.',
    },
  ],
  notApplicable: [
    {
      section: '2',
      text: 'Where there are keys for signing and for encryption, each says which it is.',
      why: 'there are keys for signing only; each says so all the same',
    },
    {
      section: '2',
      text: 'none is not among introspection_endpoint_auth_signing_alg_values_supported.',
      why: 'that member is never there',
    },
    {
      section: '2',
      text: 'Who registers a client is shown op_policy_uri and op_tos_uri.',
      why: 'those members are never there',
    },
    {
      section: '2.1',
      text: 'What signed metadata has to look like.',
      why: 'signed_metadata is not served',
    },
    {
      section: '3',
      text: 'An application with a well-known suffix of its own registers it and says which it is.',
      why: 'the suffix is the RFC’s own',
    },
    {
      section: '4',
      text: 'Strings of the metadata are compared code point by code point, without normalization.',
      why: 'a rule for those who read the metadata',
    },
  ],
} as const satisfies Specification;
