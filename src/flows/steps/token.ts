import { checkTokenResponse } from '../checks/token.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../spec.js';
import type { AuthorizationFacts } from './authorization.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import { authenticationOf } from './client-authentication.js';
import { answerInWords, jsonBodyOf, oauthErrorOf } from './json-body.js';
import type { ClientFacts } from './registration.js';

export interface TokenInput {
  readonly server: AuthorizationServerFacts;
  readonly client: ClientFacts;
  readonly authorization: AuthorizationFacts;
  readonly code: string;
  readonly resource: string;
  readonly scope: string | undefined;
}

/**
 * Redeems the code.
 *
 * @returns the access token
 * @throws FlowFailure if there is none
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3 RFC 6749 §4.1.3}
 */
export async function redeemCode(context: StepContext, input: TokenInput): Promise<string> {
  const { server, client, authorization } = input;
  const { method } = client.authentication;
  context.decide(
    method === 'none' ? 'Names itself with client_id only' : `Authenticates with ${method}`,
    method === 'none'
      ? 'it is a public client; the code_verifier proves that it made the request'
      : 'it has a secret, and the authorization server takes it this way',
    SPEC.clientAuthentication,
  );
  const { headers, form } = authenticationOf(client.clientId, client.authentication);
  const exchange = await context.send({
    method: 'POST',
    url: server.tokenEndpoint,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...headers,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: input.code,
      redirect_uri: authorization.redirectUri,
      code_verifier: authorization.codeVerifier,
      resource: input.resource,
      ...form,
    }).toString(),
  });
  return readTokenResponse(context, exchange, input);
}

function readTokenResponse(context: StepContext, exchange: HttpExchange, input: TokenInput): string {
  const { response } = exchange;
  const body = jsonBodyOf(exchange);
  if (!response || response.status !== 200 || !body.ok) {
    const refusal = oauthErrorOf(exchange);
    const clientRefused = input.client.origin === 'given' && refusal?.error === 'invalid_client';
    const withoutSecret = clientRefused && input.client.authentication.method === 'none';
    throw new FlowFailure(
      `the token request was refused: ${refusal?.inWords ?? (body.ok ? answerInWords(exchange) : body.why)}` +
        (withoutSecret ? '; if this client has a secret, give it with --client-secret' : ''),
      { clientRefused },
    );
  }
  context.report(checkTokenResponse(response, body.value));
  const token = body.value['access_token'];
  const type = body.value['token_type'];
  if (typeof token !== 'string' || token === '') {
    const refusal = oauthErrorOf(exchange);
    throw new FlowFailure(
      refusal
        ? `the token request was refused with status 200, which RFC 6749 does not provide for: ${refusal.inWords}`
        : 'the answer has no access_token',
    );
  }
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw new FlowFailure(
      `the token is of the type ${JSON.stringify(type)}; this client can only use Bearer`,
    );
  }
  // It goes into a header: what does not fit there is no token.
  if (!/^[\x21-\x7E]+$/.test(token))
    throw new FlowFailure('the access_token has characters that no header can carry');
  tellScope(context, body.value['scope'], input.scope);
  return token;
}

function tellScope(context: StepContext, granted: unknown, asked: string | undefined): void {
  const wanted = asked === undefined ? 'none was asked for' : `"${asked}" was asked for`;
  context.decide(
    typeof granted === 'string'
      ? `Has a token with the scope "${granted}"`
      : 'Has a token with the scope asked for',
    typeof granted === 'string' ? `the answer says so; ${wanted}` : `the answer names no other; ${wanted}`,
    SPEC.tokenResponse,
  );
}
