import * as z from 'zod';
import { checkRegistration, type RegistrationAsked } from '../checks/registration.js';
import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import { answerInWords, jsonBodyOf, oauthErrorOf } from '../parsing/json-body.js';
import type { Registration, RegistrationInput } from './client.js';
import { registrationMethod } from './precedence.js';

/** How this client can authenticate. A program on the user's machine can't keep a secret, so `none` comes first. */
export const AUTHENTICATION_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const;

const registered = z.looseObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  client_secret_expires_at: z.number().optional().catch(undefined),
  token_endpoint_auth_method: z.string().optional(),
  registration_client_uri: z.string().min(1).optional().catch(undefined),
  registration_access_token: z
    .string()
    // It goes into a header.
    .regex(/^[\x21-\x7E]+$/)
    .optional()
    .catch(undefined),
});

/**
 * Registers this client.
 *
 * @param because why it registers
 * @throws FlowFailure if there is nowhere to register, or no usable client came of it
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-3.1 RFC 7591 §3.1}
 */
export async function register(
  context: StepContext,
  input: RegistrationInput,
  because: string,
): Promise<Registration> {
  const { metadata } = input.server;
  const endpoint = metadata.registration_endpoint;
  if (endpoint === undefined) {
    throw new FlowFailure(
      'the authorization server has no registration_endpoint, so this client can register nowhere',
    );
  }
  const method = registrationMethod(metadata, AUTHENTICATION_METHODS);
  if (method === undefined) {
    throw new FlowFailure(
      'the authorization server takes no way to authenticate at /token that this client knows: ' +
        (metadata.token_endpoint_auth_methods_supported ?? []).join(', '),
    );
  }
  context.decide(`Registers at ${endpoint}`, because, SPEC.dynamicRegistration);
  const exchange = await sendRegistration(context, endpoint, { ...input, method });
  return readRegistration(context, exchange, method, {
    redirectUri: input.redirectUri,
    authenticationMethods: metadata.token_endpoint_auth_methods_supported,
  });
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

/** @throws FlowFailure if it holds no client */
function readRegistration(
  context: StepContext,
  exchange: HttpExchange,
  asked: string,
  expected: RegistrationAsked,
): Registration {
  const parsed = registered.safeParse(membersOf(context, exchange, expected));
  if (!parsed.success) throw new FlowFailure('the registration was answered without a usable client_id');
  const { client_id: clientId, token_endpoint_auth_method: granted = asked } = parsed.data;
  const { registration_client_uri: clientUri, registration_access_token: accessToken } = parsed.data;
  context.decide(
    `Is client ${clientId} from now on`,
    `the authorization server issued it (token_endpoint_auth_method ${granted})`,
    SPEC.registrationResponse,
  );
  return {
    clientId,
    clientSecret: parsed.data.client_secret,
    clientSecretExpiresAt: parsed.data.client_secret_expires_at,
    authenticationMethod: granted,
    management: clientUri !== undefined && accessToken !== undefined ? { clientUri, accessToken } : undefined,
  };
}

/**
 * The members of the answer.
 *
 * @throws FlowFailure if it is a refusal, or nothing that can be read
 */
function membersOf(
  context: StepContext,
  exchange: HttpExchange,
  expected: RegistrationAsked,
): Readonly<Record<string, unknown>> {
  const { response } = exchange;
  const body = jsonBodyOf(exchange);
  const isSuccess = response !== undefined && response.status >= 200 && response.status < 300;
  if (isSuccess && exchange.error === undefined && body.ok) {
    context.report(checkRegistration(response, body.value, expected));
    return body.value;
  }
  const said = oauthErrorOf(exchange)?.inWords ?? (body.ok ? answerInWords(exchange) : body.why);
  context.report([checked('as.registration-created', false, `${response?.status ?? 'no answer'}, ${said}`)]);
  throw new FlowFailure(`the registration was refused: ${said}; a client_id can be given with --client-id`);
}
