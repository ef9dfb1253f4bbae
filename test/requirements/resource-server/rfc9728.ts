import type { Specification } from '../specification.js';

export const rfc9728 = {
  name: 'RFC 9728',
  title: 'Protected Resource Metadata',
  url: 'https://www.rfc-editor.org/rfc/rfc9728#section-',
  requirements: [
    {
      id: 'rs.rfc9728-1.2-https',
      section: '1.2',
      level: 'MUST',
      text: 'The resource identifier is an https URL.',
    },
    {
      id: 'rs.rfc9728-1.2-fragment',
      section: '1.2',
      level: 'MUST',
      text: 'It has no fragment.',
    },
    {
      id: 'rs.rfc9728-1.2-query',
      section: '1.2',
      level: 'SHOULD',
      text: 'It has no query.',
    },
    {
      id: 'rs.rfc9728-2-resource',
      section: '2',
      level: 'MUST',
      text: 'The document has resource.',
    },
    {
      id: 'rs.rfc9728-2-scopes',
      section: '2',
      level: 'SHOULD',
      text: 'It has scopes_supported.',
    },
    {
      id: 'rs.rfc9728-2-name',
      section: '2',
      level: 'SHOULD',
      text: 'It has resource_name.',
    },
    {
      id: 'rs.rfc9728-2.1-untagged',
      section: '2.1',
      level: 'SHOULD',
      text: 'What people read is there without a language tag, in characters that every system shows.',
    },
    {
      id: 'rs.rfc9728-3-location',
      section: '3',
      level: 'MUST',
      text: 'It is at the well-known path that is put between host and path of the resource.',
    },
    {
      id: 'rs.rfc9728-3.1-get',
      section: '3.1',
      level: 'MUST',
      text: 'It is read with GET.',
    },
    {
      id: 'rs.rfc9728-3.1-slash',
      section: '3.1',
      level: 'MUST',
      text: 'A slash that ends the host is dropped before the path is put in.',
    },
    {
      id: 'rs.rfc9728-3.2-json',
      section: '3.2',
      level: 'MUST',
      text: 'The answer is 200, a JSON object, application/json.',
    },
    {
      id: 'rs.rfc9728-3.2-no-empty',
      section: '3.2',
      level: 'MUST',
      text: 'Members without a value are left out.',
    },
    {
      id: 'rs.rfc9728-3.3-identical',
      section: '3.3',
      level: 'MUST',
      text: 'resource is what the URL of the document was made from, and what clients send their requests to.',
    },
    {
      id: 'rs.rfc9728-5.1-challenge',
      section: '5.1',
      level: 'MUST',
      text: 'resource_metadata in a challenge is the URL of the document.',
    },
    {
      id: 'rs.rfc9728-7.1-tls',
      section: '7.1',
      level: 'MUST',
      text: 'The server can be run with TLS.',
    },
    {
      id: 'rs.rfc9728-7.1-bcp195',
      section: '7.1',
      level: 'MUST',
      text: 'BCP 195 is followed: no TLS before 1.2 is spoken.',
    },
  ],
  notApplicable: [
    {
      section: '2',
      text: 'jwks_uri of the resource is https; signing algorithms are not none.',
      why: 'responses are not signed',
    },
    {
      section: '2.2',
      text: 'Rules for signed metadata.',
      why: 'the metadata is not signed',
    },
  ],
} as const satisfies Specification;
