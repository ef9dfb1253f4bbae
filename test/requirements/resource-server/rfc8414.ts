import type { Specification } from '../specification.js';

export const rfc8414OfResourceServers = {
  name: 'RFC 8414, resource servers',
  title: 'Authorization Server Metadata, as read by this server',
  url: 'https://www.rfc-editor.org/rfc/rfc8414#section-',
  requirements: [
    {
      id: 'rs.rfc8414-3-location',
      section: '3',
      level: 'MUST',
      text: 'The well-known path is put between host and path of the issuer.',
    },
    {
      id: 'rs.rfc8414-3.1-get',
      section: '3.1',
      level: 'MUST',
      text: 'The metadata is read with GET.',
    },
    {
      id: 'rs.rfc8414-3.2-ignore',
      section: '3.2',
      level: 'MUST',
      text: 'Members that are not known are ignored.',
    },
    {
      id: 'rs.rfc8414-3.3-issuer',
      section: '3.3',
      level: 'MUST',
      text: 'A document whose issuer is not the one that its URL was made from is not used. (A trailing slash that the user left out or added is made good.)',
    },
    {
      id: 'rs.rfc8414-6.1-certificate',
      section: '6.1',
      level: 'MUST',
      text: 'The certificate of the authorization server is checked.',
    },
  ],
} as const satisfies Specification;
