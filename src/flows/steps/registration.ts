import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import type { FlowPlan } from '../plan.js';
import type { ClientFacts, RegistrationInput } from '../registration/client.js';
import { AUTHENTICATION_METHODS, register } from '../registration/dynamic.js';
import { documentClient } from '../registration/metadata-document.js';
import { type Precedence, replayPrecedence } from '../registration/precedence.js';
import { givenClient } from '../registration/preset.js';
import type { RevisionRules } from '../revisions.js';
import { SPEC } from '../spec.js';
import type { RegistrationWay } from '../trace.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';

const WAY_IN_WORDS: Readonly<Record<RegistrationWay, string>> = {
  preset: 'Takes the client_id that it has (preset)',
  cimd: 'Takes its Client ID Metadata Document (cimd)',
  dcr: 'Takes dynamic registration (dcr)',
  ask: 'Has no way to a client_id but to ask its user',
};

/** The ways to a client_id on the metadata of this authorization server, with what the plan gives the client. */
export function considerWays(
  plan: FlowPlan,
  rules: RevisionRules,
  { metadata }: AuthorizationServerFacts,
): Precedence {
  return replayPrecedence(metadata, {
    clientId: plan.clientId,
    documentUrl: plan.clientMetadataUrl,
    forceRegistration: plan.register,
    documentsUnknownTo: rules.registration.includes('cimd') ? undefined : rules.revision,
    authenticationMethods: AUTHENTICATION_METHODS,
  });
}

/**
 * Comes by a client_id in the way that was chosen, and tells why.
 *
 * @throws FlowFailure if there is none to be had, with what to do
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration MCP, client registration}
 */
export async function obtainClient(
  context: StepContext,
  precedence: Precedence,
  input: RegistrationInput,
): Promise<ClientFacts> {
  const { clientId, clientMetadataUrl } = context.plan;
  tellPrecedence(context, precedence);
  if (precedence.chosen === 'dcr') return register(context, input);
  if (clientId !== undefined) return givenClient(context, clientId, input);
  if (precedence.chosen === 'cimd' && clientMetadataUrl !== undefined) {
    return documentClient(context, clientMetadataUrl, input);
  }
  throw new FlowFailure(whatToGive(precedence, input.server));
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
