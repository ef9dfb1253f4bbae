import type { StepContext } from '../context.js';
import { resourceParameter } from '../specification/revisions.js';
import type { AuthorizationFacts } from './authorization.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import type { ClientFacts } from '../registration/client.js';
import { tellAuthentication } from './client-authentication.js';
import { requestToken, type TokenFacts } from './token-request.js';

/** What a code is redeemed with. */
export interface CodeInput {
  readonly server: AuthorizationServerFacts;
  readonly client: ClientFacts;
  readonly authorization: AuthorizationFacts;
  readonly code: string;
  /** undefined where the parameter is not to be sent */
  readonly resource: string | undefined;
  readonly scope: string | undefined;
}

/**
 * Redeems the code.
 *
 * @throws FlowFailure if there is no token for it
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3 RFC 6749 §4.1.3}
 */
export async function redeemCode(context: StepContext, input: CodeInput): Promise<TokenFacts> {
  const { server, client, authorization, code, resource, scope } = input;
  tellAuthentication(context, client.authentication);
  const { redirectUri, codeVerifier } = authorization;
  context.identify('redirect_uri', redirectUri, 'redirect_uri of the token request');
  if (resource !== undefined) context.identify('resource', resource, 'resource of the token request');
  return requestToken(context, {
    server,
    client,
    scope,
    form: {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
      ...resourceParameter(resource),
    },
  });
}
