import type { KeptCredentials } from '../../shared/oauth/kept-credentials.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import type { ClientFacts, Registration, RegistrationInput } from '../registration/client.js';
import { AUTHENTICATION_METHODS, register } from '../registration/dynamic.js';
import { hostedClient, type HostedDocument } from '../registration/hosted-document.js';
import { documentClient } from '../registration/metadata-document.js';
import { type Precedence, replayPrecedence } from '../registration/precedence.js';
import { givenClient } from '../registration/preset.js';
import { forget, keep, recall, tellRecalled } from '../registration/remembered.js';
import { SPEC } from '../specification/spec.js';
import type { RegistrationWay } from '../trace/trace.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import { clientAuthentication } from './client-authentication.js';

/** What the run has to know of a registration as soon as it happens, even if the step fails after that. */
export interface RegistrationWatch {
  /** the ways to a client_id were considered */
  considered(precedence: Precedence): void;
  /** the client has registered, and nobody will come back to the registration after this run */
  registered(registration: Registration): void;
  /** the client has put up a document, which is to be taken down */
  hosted(document: HostedDocument): void;
}

const WAY_IN_WORDS: Readonly<Record<RegistrationWay, string>> = {
  preset: 'Takes the client_id that it has (preset)',
  cimd: 'Takes its Client ID Metadata Document (cimd)',
  dcr: 'Takes dynamic registration (dcr)',
  ask: 'Has no way to a client_id but to ask its user',
};

/**
 * Comes by a client_id in the order of the specification, and tells why it went which way.
 *
 * @throws FlowFailure if there is none to be had, with what to do
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration MCP, client registration}
 */
export async function obtainClient(
  context: StepContext,
  input: RegistrationInput,
  watch: RegistrationWatch,
): Promise<ClientFacts> {
  const kept = await keptFor(context, input);
  const precedence = considerWays(context, input.server, kept);
  watch.considered(precedence);
  tellPrecedence(context, precedence);
  const { clientId, clientMetadataUrl, register: forced } = context.plan;
  if (precedence.chosen === 'dcr') {
    if (kept) return rememberedClient(context, kept, input);
    const because = forced ? 'its user wants that (--register)' : 'no way that goes before it is open';
    return registeredClient(context, input, watch, because);
  }
  if (clientId !== undefined) return givenClient(context, clientId, input);
  if (precedence.chosen === 'cimd' && clientMetadataUrl !== undefined) {
    return documentClient(context, clientMetadataUrl, input);
  }
  if (precedence.chosen === 'cimd') return hostedClient(context, input, (hosted) => watch.hosted(hosted));
  throw new FlowFailure(whatToGive(precedence, input.server));
}

/**
 * Registers in place of a client that the authorization server has lost.
 *
 * @param lost the client that it does not know any more
 * @param why what it said
 * @throws FlowFailure if it can't register either
 */
export async function replaceLostClient(
  context: StepContext,
  input: RegistrationInput,
  watch: RegistrationWatch,
  { lost, why }: { readonly lost: ClientFacts; readonly why: string },
): Promise<ClientFacts> {
  await context.deps.credentials?.delete(input.server.issuer);
  context.decide(
    `Forgets the client_id ${lost.clientId}, and begins again from here, once`,
    `the authorization server does not know it any more: ${why}`,
    SPEC.tokenError,
  );
  return registeredClient(context, input, watch, 'the client_id that it kept is of no use any more');
}

/** Forgets what is to be forgotten; then what is kept for this issuer, if it is wanted and can be used. */
async function keptFor(context: StepContext, input: RegistrationInput): Promise<KeptCredentials | undefined> {
  const { plan, deps } = context;
  const { credentials } = deps;
  if (!credentials) return undefined;
  if (plan.forget) await forget(context, credentials, input.server.issuer);
  return plan.remember && !plan.register && !plan.forget ? recall(context, credentials, input) : undefined;
}

function considerWays(
  { plan, rules }: StepContext,
  { metadata }: AuthorizationServerFacts,
  kept: KeptCredentials | undefined,
): Precedence {
  return replayPrecedence(metadata, {
    clientId: plan.clientId,
    documentUrl: plan.clientMetadataUrl,
    servesDocument: plan.serveClientMetadata,
    forceRegistration: plan.register,
    documentsUnknownTo: rules.registration.includes('cimd') ? undefined : rules.revision,
    hasRegistered: kept !== undefined,
    authenticationMethods: AUTHENTICATION_METHODS,
  });
}

function rememberedClient(
  context: StepContext,
  kept: KeptCredentials,
  { redirectUri }: RegistrationInput,
): ClientFacts {
  tellRecalled(context, kept, redirectUri);
  return {
    clientId: kept.client_id,
    authentication: clientAuthentication(kept.token_endpoint_auth_method, kept.client_secret),
    origin: 'remembered',
  };
}

async function registeredClient(
  context: StepContext,
  input: RegistrationInput,
  watch: RegistrationWatch,
  because: string,
): Promise<ClientFacts> {
  const registration = await register(context, input, because);
  const { credentials } = context.deps;
  const isKept =
    context.plan.remember && credentials ? await keep(context, credentials, input, registration) : false;
  if (!isKept) watch.registered(registration);
  if (!isKept && !registration.management) {
    context.decide(
      `Leaves client ${registration.clientId} registered when the run is over`,
      'the answer names no registration_client_uri, where it could be removed',
      SPEC.registrationManagement,
    );
  }
  const { clientId, authenticationMethod, clientSecret } = registration;
  return {
    clientId,
    authentication: clientAuthentication(authenticationMethod, clientSecret),
    origin: 'registered',
  };
}

/** One decision for the order as a whole: what goes before the chosen way, and the chosen way itself. */
function tellPrecedence(context: StepContext, { ways, chosen, conforming, departure }: Precedence): void {
  const upTo = ways.slice(0, ways.findIndex(({ way }) => way === chosen) + 1);
  context.decide(
    WAY_IN_WORDS[chosen],
    upTo.map(({ way, because }) => `${way}: ${because}`).join('; ') +
      (departure === undefined
        ? ''
        : `; a client that keeps to the specification takes ${conforming} here (${departure})`),
    SPEC.clientRegistration,
  );
}

function whatToGive({ ways }: Precedence, { metadata }: AuthorizationServerFacts): string {
  const dcr = ways.find(({ way }) => way === 'dcr')?.because ?? '';
  return (
    `there is no way to a client_id: none was given, and ${dcr}; ` +
    (metadata.client_id_metadata_document_supported === true
      ? 'publish a metadata document and pass its URL with --client-metadata-url, or create a client there and pass its id with --client-id'
      : 'create a client there and pass it with --client-id')
  );
}
