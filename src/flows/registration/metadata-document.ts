import type { StepContext } from '../context.js';
import { SPEC } from '../specification/spec.js';
import { chooseAuthentication } from '../steps/client-authentication.js';
import type { ClientFacts, RegistrationInput } from './client.js';

/**
 * The client that names itself by the URL of its own metadata document, for an authorization server that reads those.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#client-id-metadata-documents MCP, Client ID Metadata Documents}
 */
export function documentClient(
  context: StepContext,
  url: string,
  { server: { metadata } }: Pick<RegistrationInput, 'server'>,
): ClientFacts {
  context.decide(
    `Uses the URL ${url} as its client_id and does not register`,
    'this client describes itself in the document there, and the authorization server says that it reads such documents',
    SPEC.metadataDocuments,
  );
  return { clientId: url, authentication: chooseAuthentication(metadata, context.plan), origin: 'document' };
}
