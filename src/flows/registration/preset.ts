import type { StepContext } from '../context.js';
import { SPEC } from '../specification/spec.js';
import { chooseAuthentication } from '../steps/client-authentication.js';
import type { ClientFacts, RegistrationInput } from './client.js';
import { isDocumentUrl } from './document-url.js';

/**
 * The client that the user brings: a client_id that the authorization server is said to have, or the URL of a metadata
 * document.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#pre-registration MCP, pre-registration}
 */
export function givenClient(
  context: StepContext,
  clientId: string,
  { server: { metadata } }: Pick<RegistrationInput, 'server'>,
): ClientFacts {
  if (isDocumentUrl(clientId, metadata)) {
    context.decide(
      `Uses the URL ${clientId} as its client_id and skips registration`,
      'its user gave it, and the authorization server says that it reads the metadata document at such a URL',
      SPEC.clientRegistration,
    );
  } else {
    context.decide(
      `Uses the client_id ${clientId} and skips registration`,
      'its user gave it, and a client_id that is known beforehand goes before any other way',
      SPEC.preRegistration,
    );
  }
  return {
    clientId,
    authentication: chooseAuthentication(metadata, context.plan),
    origin: 'given',
  };
}
