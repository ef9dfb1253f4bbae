import type { Specification } from './specification.js';

export const rfc9207 = {
  name: 'RFC 9207',
  title: 'OAuth 2.0 Authorization Server Issuer Identification',
  url: 'https://www.rfc-editor.org/rfc/rfc9207#section-',
  requirements: [
    {
      id: 'rfc9207-2-iss',
      section: '2',
      level: 'MUST',
      text: 'Every authorization response to the client has the parameter iss, error responses included.',
    },
    {
      id: 'rfc9207-2-https',
      section: '2',
      level: 'MUST',
      text: 'The value of iss is a URL with the scheme https, without query and fragment.',
    },
    {
      id: 'rfc9207-2.3-provide',
      section: '2.3',
      level: 'MUST',
      text: 'Clients can learn the issuer identifier, so that they can validate iss.',
    },
    {
      id: 'rfc9207-2.3-identical',
      section: '2.3',
      level: 'MUST',
      text: 'issuer in the metadata is identical to the value of iss.',
    },
    {
      id: 'rfc9207-2.3-supported',
      section: '2.3',
      level: 'MUST',
      text: 'The metadata has authorization_response_iss_parameter_supported with the value true.',
    },
  ],
  notApplicable: [
    {
      section: '2.4',
      text: 'iss equals the iss claim of an ID token that the authorization endpoint returns.',
      why: 'the authorization endpoint returns no ID tokens',
    },
  ],
} as const satisfies Specification;
