import * as z from 'zod';
import { checkRegistration } from '../checks/registration.js';
import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../spec.js';
import { clientAuthentication } from '../steps/client-authentication.js';
import { answerInWords, jsonBodyOf, oauthErrorOf } from '../steps/json-body.js';
import type { ClientFacts, RegistrationInput } from './client.js';
import { registrationMethod } from './precedence.js';

/** How this client can authenticate. A program on the user's machine can't keep a secret, so `none` comes first. */
export const AUTHENTICATION_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;

const registered = z.looseObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  token_endpoint_auth_method: z.string().optional(),
});

/**
 * Registers this client.
 *
 * @throws FlowFailure if there is nowhere to register, or no usable client came of it
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-3.1 RFC 7591 §3.1}
 */
export async function register(context: StepContext, input: RegistrationInput): Promise<ClientFacts> {
  const { metadata } = input.server;
  const endpoint = metadata.registration_endpoint;
  if (endpoint === undefined) {
    throw new FlowFailure(
      'the authorization server has no registration_endpoint, so --register can do nothing here',
    );
  }
  const method = registrationMethod(metadata, AUTHENTICATION_METHODS);
  if (method === undefined) {
    throw new FlowFailure(
      'the authorization server takes no way to authenticate at /token that this client knows: ' +
        (metadata.token_endpoint_auth_methods_supported ?? []).join(', '),
    );
  }
  context.decide(
    `Registers at ${endpoint}`,
    context.plan.register ? 'its user wants that (--register)' : 'no way that goes before it is open',
    SPEC.dynamicRegistration,
  );
  const exchange = await sendRegistration(context, endpoint, { ...input, method });
  const members = membersOf(context, exchange);
  const parsed = registered.safeParse(members);
  if (!parsed.success) throw new FlowFailure('the registration was answered without a usable client_id');
  const { client_id: clientId, client_secret: secret } = parsed.data;
  const granted = parsed.data.token_endpoint_auth_method ?? method;
  context.decide(
    `Is client ${clientId} from now on`,
    `the authorization server issued it (token_endpoint_auth_method ${granted})`,
    SPEC.registrationResponse,
  );
  return { clientId, authentication: clientAuthentication(granted, secret), origin: 'registered' };
}

/** Sends what the client says of itself. */
function sendRegistration(
  context: StepContext,
  endpoint: string,
  { redirectUri, scope, method }: RegistrationInput & { readonly method: string },
): Promise<HttpExchange> {
  if (redirectUri !== undefined)
    context.identify('redirect_uri', redirectUri, 'redirect_uris of the registration request');
  return context.send({
    method: 'POST',
    url: endpoint,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      client_name: context.plan.client.name,
      redirect_uris: redirectUri === undefined ? [] : [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      ...(context.rules.applicationType && { application_type: 'native' }),
      ...(scope !== undefined && { scope }),
    }),
  });
}

/**
 * The members of the answer.
 *
 * @throws FlowFailure if it is a refusal, or nothing that can be read
 */
function membersOf(context: StepContext, exchange: HttpExchange): Readonly<Record<string, unknown>> {
  const { response } = exchange;
  const body = jsonBodyOf(exchange);
  const isSuccess = response !== undefined && response.status >= 200 && response.status < 300;
  if (isSuccess && exchange.error === undefined && body.ok) {
    context.report(checkRegistration(response, body.value));
    return body.value;
  }
  const said = oauthErrorOf(exchange)?.inWords ?? (body.ok ? answerInWords(exchange) : body.why);
  context.report([checked('as.registration-created', false, `${response?.status ?? 'no answer'}, ${said}`)]);
  throw new FlowFailure(`the registration was refused: ${said}; a client_id can be given with --client-id`);
}
