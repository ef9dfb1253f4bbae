import type { Specification } from './specification.js';

/** Draft 00 is the one that MCP cites, 2026-07-28 included. */
export const clientIdMetadataDocument = {
  name: 'Client ID Metadata Documents',
  title: 'draft-ietf-oauth-client-id-metadata-document-00',
  url: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-',
  requirements: [
    {
      id: 'cimd-3-https',
      section: '3',
      level: 'MUST',
      text: 'A client identifier URL has the scheme https; a URL with any other is not fetched.',
    },
    {
      id: 'cimd-3-path',
      section: '3',
      level: 'MUST',
      text: 'A client identifier URL has a path component.',
    },
    {
      id: 'cimd-3-dot-segments',
      section: '3',
      level: 'MUST',
      text: 'A client identifier URL has no segment of one or two dots in its path.',
    },
    {
      id: 'cimd-3-fragment',
      section: '3',
      level: 'MUST',
      text: 'A client identifier URL has no fragment.',
    },
    {
      id: 'cimd-3-userinfo',
      section: '3',
      level: 'MUST',
      text: 'A client identifier URL has neither a user name nor a password.',
    },
    {
      id: 'cimd-4-fetch',
      section: '4',
      level: 'SHOULD',
      text: 'The server fetches the document that the client_id points to.',
    },
    {
      id: 'cimd-4.1-client-id',
      section: '4.1',
      level: 'MUST',
      text: 'client_id in the document equals the URL of the document, character by character.',
    },
    {
      id: 'cimd-4.1-symmetric-method',
      section: '4.1',
      level: 'MUST',
      text: 'token_endpoint_auth_method in the document is none that needs a shared secret.',
    },
    {
      id: 'cimd-4.1-client-secret',
      section: '4.1',
      level: 'MUST',
      text: 'The document has neither client_secret nor client_secret_expires_at.',
    },
    {
      id: 'cimd-4.2-document-service',
      section: '4.2',
      level: 'SHOULD',
      text: 'The server uses a service where developers get the URL of a document for a client on their own machine.',
    },
    {
      id: 'cimd-4.3-abort',
      section: '4.3',
      level: 'SHOULD',
      text: 'An authorization request whose client metadata cannot be fetched is given up.',
    },
    {
      id: 'cimd-4.4-cache-headers',
      section: '4.4',
      level: 'SHOULD',
      text: 'A document is kept as long as its HTTP cache headers allow, within bounds of the server.',
    },
    {
      id: 'cimd-4.4-no-errors',
      section: '4.4',
      level: 'MUST',
      text: 'An error response is not cached.',
    },
    {
      id: 'cimd-4.4-no-invalid',
      section: '4.4',
      level: 'MUST',
      text: 'A document that is invalid or malformed is not cached.',
    },
    {
      id: 'cimd-4.5-registered',
      section: '4.5',
      level: 'MUST',
      text: 'Redirect URIs have to be registered: only those in the document can be used.',
    },
    {
      id: 'cimd-4.5-exact',
      section: '4.5',
      level: 'MUST',
      text: 'The redirect URI of a request matches one in the document exactly.',
    },
    {
      id: 'cimd-5-supported',
      section: '5',
      level: 'MUST',
      text: 'The metadata of the server has client_id_metadata_document_supported.',
    },
    {
      id: 'cimd-6.2-authentication',
      section: '6.2',
      level: 'MUST',
      text: 'A client whose document sets a method of authentication has to authenticate with it.',
    },
    {
      id: 'cimd-6.4-fetch',
      section: '6.4',
      level: 'SHOULD',
      text: 'The document is fetched at the authorization request, to tell the user about the client.',
    },
    {
      id: 'cimd-6.4-hostname',
      section: '6.4',
      level: 'SHOULD',
      text: 'The page that asks the user shows the host name of the client_id beside what the document says.',
    },
    {
      id: 'cimd-6.5-private-addresses',
      section: '6.5',
      level: 'SHOULD',
      text: 'No URL is fetched whose address is private or loopback.',
    },
    {
      id: 'cimd-6.5-schemes',
      section: '6.5',
      level: 'SHOULD',
      text: 'A URL in the document with a scheme other than http and https is not fetched.',
    },
    {
      id: 'cimd-6.6-size',
      section: '6.6',
      level: 'SHOULD',
      text: 'The size of a fetched document is limited; 5 kilobytes are recommended.',
    },
  ],
  notApplicable: [
    {
      section: '3',
      text: 'Client identifier URLs should be short, stable and without a query.',
      why: 'it is the client that chooses its URL',
    },
    {
      section: '4.2',
      text: 'A server that restricts redirect URIs further exempts a metadata document service for developers.',
      why: 'redirect URIs are not restricted to the origin of the document',
    },
    {
      section: '6.4',
      text: 'A server that does not fetch the document takes other measures to inform the user.',
      why: 'the document is always fetched',
    },
    {
      section: '6.7',
      text: 'A logo is fetched beforehand and kept as long as the document.',
      why: 'no logos are shown',
    },
  ],
} as const satisfies Specification;
