import { checkOwnToken } from '../checks/client-authentication.js';
import type { StepContext } from '../context.js';
import type { ClientFacts } from '../registration/client.js';
import { resourceParameter } from '../specification/revisions.js';
import { SPEC } from '../specification/spec.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import { tellAuthentication } from './client-authentication.js';
import { requestToken, type TokenFacts } from './token-request.js';

/** What a client asks for in its own name. */
export interface OwnTokenInput {
  readonly server: AuthorizationServerFacts;
  readonly client: ClientFacts;
  /** undefined where the parameter is not to be sent */
  readonly resource: string | undefined;
  readonly scope: string | undefined;
}

/**
 * Asks for a token in the name of the client itself, with no user behind it.
 *
 * @throws FlowFailure if there is none
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4.2 OAuth 2.1 §4.2}
 * @see {@link https://modelcontextprotocol.io/extensions/auth/oauth-client-credentials MCP extension, OAuth client credentials}
 */
export async function requestOwnToken(
  context: StepContext,
  { server, client, resource, scope }: OwnTokenInput,
): Promise<TokenFacts> {
  context.decide(
    'Asks for a token in its own name (client_credentials)',
    'its user said so (--grant); nobody signs in, and the token is that of the client',
    SPEC.clientCredentials,
  );
  tellAuthentication(context, client.authentication);
  if (resource !== undefined) context.identify('resource', resource, 'resource of the token request');
  const token = await requestToken(context, {
    server,
    client,
    scope,
    form: {
      grant_type: 'client_credentials',
      ...resourceParameter(resource),
      ...(scope !== undefined && { scope }),
    },
  });
  context.report(checkOwnToken(server.metadata, token));
  return token;
}
