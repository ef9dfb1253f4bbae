import * as z from 'zod';
import { checkRegistration } from '../checks/registration.js';
import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../spec.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import {
  type ClientAuthentication,
  chooseAuthentication,
  clientAuthentication,
} from './client-authentication.js';
import { answerInWords, jsonBodyOf, oauthErrorOf } from './json-body.js';

/** The client as the authorization server is to know it. */
export interface ClientFacts {
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** `given` by its user, or `registered` in this run */
  readonly origin: 'given' | 'registered';
}

export interface RegistrationInput {
  readonly server: AuthorizationServerFacts;
  readonly redirectUri: string;
  readonly scope: string | undefined;
}

/**
 * Comes by a client_id in the order that MCP gives: one that the user brings, a Client ID Metadata Document, dynamic
 * registration.
 *
 * @throws FlowFailure if there is none to be had, with what to do
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration MCP, client registration}
 */
export async function obtainClient(context: StepContext, input: RegistrationInput): Promise<ClientFacts> {
  const { clientId, clientSecret } = context.plan;
  const { metadata } = input.server;
  if (clientId !== undefined) {
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
      authentication: chooseAuthentication(metadata.token_endpoint_auth_methods_supported, clientSecret),
      origin: 'given',
    };
  }
  if (metadata.client_id_metadata_document_supported === true) {
    context.decide(
      'Does not use a Client ID Metadata Document, though the authorization server takes them',
      'this client has none on the web; a client that has one would use it here',
      SPEC.clientRegistration,
    );
  }
  if (metadata.registration_endpoint === undefined) {
    throw new FlowFailure(
      'the authorization server has no registration_endpoint, and no client_id was given; ' +
        (metadata.client_id_metadata_document_supported === true
          ? 'publish a metadata document and pass its URL with --client-id, or the id of a client that was created there'
          : 'create a client there and pass it with --client-id'),
    );
  }
  context.decide(
    `Registers at ${metadata.registration_endpoint}`,
    'no client_id was given, and the authorization server offers dynamic registration',
    SPEC.dynamicRegistration,
  );
  return register(context, metadata.registration_endpoint, input);
}

/**
 * Whether a client_id is meant as the URL of a Client ID Metadata Document, and the authorization server takes those.
 *
 * @param metadata of the authorization server
 */
export function isDocumentUrl(clientId: string, metadata: AuthorizationServerFacts['metadata']): boolean {
  return metadata.client_id_metadata_document_supported === true && /^https?:\/\//i.test(clientId);
}

const registered = z.looseObject({
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  token_endpoint_auth_method: z.string().optional(),
});

async function register(
  context: StepContext,
  endpoint: string,
  { server, redirectUri, scope }: RegistrationInput,
): Promise<ClientFacts> {
  const method = preferredMethod(server.metadata.token_endpoint_auth_methods_supported);
  context.identify('redirect_uri', redirectUri, 'redirect_uris of the registration request');
  const exchange = await context.send({
    method: 'POST',
    url: endpoint,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      client_name: context.plan.client.name,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      application_type: 'native',
      ...(scope !== undefined && { scope }),
    }),
  });
  const { response } = exchange;
  const body = jsonBodyOf(exchange);
  if (
    !response ||
    exchange.error !== undefined ||
    !body.ok ||
    response.status < 200 ||
    response.status >= 300
  ) {
    const said = oauthErrorOf(exchange)?.inWords ?? (body.ok ? answerInWords(exchange) : body.why);
    context.report([
      checked('as.registration-created', false, `${response?.status ?? 'no answer'}, ${said}`),
    ]);
    throw new FlowFailure(`the registration was refused: ${said}; a client_id can be given with --client-id`);
  }
  context.report(checkRegistration(response, body.value));
  const parsed = registered.safeParse(body.value);
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

/** A program on the user's machine can't keep a secret, so `none` comes first; a list that is absent means Basic. */
function preferredMethod(supported: readonly string[] | undefined): string {
  const possible = supported ?? ['client_secret_basic'];
  const method = ['none', 'client_secret_basic', 'client_secret_post'].find((known) =>
    possible.includes(known),
  );
  if (method === undefined) {
    throw new FlowFailure(
      `the authorization server takes no way to authenticate at /token that this client knows: ${possible.join(', ')}`,
    );
  }
  return method;
}
