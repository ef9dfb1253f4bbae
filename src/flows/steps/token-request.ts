import { audiencesOf, decodeJwt } from '../checks/jwt.js';
import { checkJwtAccessToken } from '../checks/jwt-access-token.js';
import { checkTokenRefusal } from '../checks/token-refusal.js';
import { checkAuthenticated } from '../checks/client-authentication.js';
import { checkTokenResponse } from '../checks/token.js';
import type { StepContext } from '../context.js';
import type { HttpExchange, HttpResponse } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import { authenticationOf } from './client-authentication.js';
import { answerInWords, jsonBodyOf, oauthErrorOf } from '../parsing/json-body.js';
import type { ClientFacts } from '../registration/client.js';

/** What a token response gave. */
export interface TokenFacts {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** as the response names it, else as it was asked for */
  readonly scope: string | undefined;
  /** seconds; undefined if the response does not say */
  readonly expiresIn: number | undefined;
}

/** A request to the token endpoint. */
export interface TokenRequest {
  readonly server: AuthorizationServerFacts;
  readonly client: ClientFacts;
  /** `grant_type` and what goes with it; how the client names itself is added */
  readonly form: Readonly<Record<string, string>>;
  /** what was asked for; in a refresh, what the token before had */
  readonly scope: string | undefined;
}

/**
 * Asks the token endpoint for a token.
 *
 * @throws FlowFailure if there is none to be used
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5 RFC 6749 §5}
 */
export async function requestToken(context: StepContext, request: TokenRequest): Promise<TokenFacts> {
  const { server } = request;
  return readTokenResponse(context, await postAsClient(context, server.tokenEndpoint, request), request);
}

/**
 * Sends a form as the client, with what shows who it is.
 *
 * @param url an endpoint of the authorization server
 */
export async function postAsClient(
  context: StepContext,
  url: string,
  { server, client, form }: Pick<TokenRequest, 'server' | 'client' | 'form'>,
): Promise<HttpExchange> {
  const shown = await authenticationOf(context, client.clientId, client.authentication, server.issuer);
  return context.send({
    method: 'POST',
    url,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...shown.headers,
    },
    body: new URLSearchParams({ ...form, ...shown.form }).toString(),
  });
}

function readTokenResponse(context: StepContext, exchange: HttpExchange, request: TokenRequest): TokenFacts {
  const { server, client, scope } = request;
  const { response } = exchange;
  const body = jsonBodyOf(exchange);
  if (!response || response.status !== 200 || !body.ok) {
    const refusal = oauthErrorOf(exchange);
    if (response && !response.truncated) context.report(checkTokenRefusal(response, refusal?.error));
    const clientRefused = client.origin !== 'registered' && refusal?.error === 'invalid_client';
    const withoutSecret =
      clientRefused && client.origin === 'given' && client.authentication.method === 'none';
    throw new FlowFailure(
      `the token request was refused: ${refusal?.inWords ?? (body.ok ? answerInWords(exchange) : body.why)}` +
        (withoutSecret ? '; if this client has a secret, give it with --client-secret' : ''),
      { clientRefused },
    );
  }
  reportToken(context, response, body.value, request);
  const accessToken = usableToken(body.value, exchange);
  const { method } = client.authentication;
  if (method !== 'none') context.report(checkAuthenticated(server.metadata, method));
  const { scope: granted, refresh_token: refreshToken, expires_in: expiresIn } = body.value;
  tellScope(context, granted, request);
  return {
    accessToken,
    refreshToken: typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : undefined,
    scope: typeof granted === 'string' ? granted : scope,
    expiresIn: typeof expiresIn === 'number' ? expiresIn : undefined,
  };
}

/** Holds the rules against an answer with status 200, which may be a refusal all the same. */
function reportToken(
  context: StepContext,
  response: HttpResponse,
  body: Readonly<Record<string, unknown>>,
  { server, scope, form }: TokenRequest,
): void {
  const { access_token: token, error } = body;
  if (typeof error === 'string' && token === undefined) {
    context.report(checkTokenRefusal(response, error));
    return;
  }
  const jwt = typeof token === 'string' ? decodeJwt(token) : undefined;
  const grantTypes = server.metadata.grant_types_supported;
  context.report(checkTokenResponse(response, body, { asked: scope, grantTypes, jwt }));
  if (!jwt) return;
  context.report(
    checkJwtAccessToken(jwt, {
      issuer: server.issuer,
      resource: form['resource'],
      now: context.deps.clock.now(),
      expiresIn: body['expires_in'],
    }),
  );
  const { iss } = jwt.claims;
  if (typeof iss === 'string') context.identify('issuer', iss, 'iss of the access token');
  for (const audience of audiencesOf(jwt)) {
    context.identify('audience', audience, 'aud of the access token');
  }
}

/** @throws FlowFailure if there is no token, or it can't be sent as Bearer */
function usableToken(body: Readonly<Record<string, unknown>>, exchange: HttpExchange): string {
  const { access_token: token, token_type: type } = body;
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
  if (!/^[\x21-\x7E]+$/.test(token)) {
    throw new FlowFailure('the access_token has characters that no header can carry');
  }
  return token;
}

function tellScope(context: StepContext, granted: unknown, { scope, form }: TokenRequest): void {
  const renewed = form['grant_type'] === 'refresh_token';
  const wanted =
    scope === undefined ? 'none was asked for' : `"${scope}" was ${renewed ? 'granted before' : 'asked for'}`;
  context.decide(
    typeof granted === 'string'
      ? `Has a token with the scope "${granted}"`
      : 'Has a token with the scope asked for',
    typeof granted === 'string' ? `the answer says so; ${wanted}` : `the answer names no other; ${wanted}`,
    SPEC.tokenResponse,
  );
}
