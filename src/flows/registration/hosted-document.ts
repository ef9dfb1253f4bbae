import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import type { ClientFacts, RegistrationInput } from './client.js';

/** A document that is up at a URL of this machine. */
export interface HostedDocument {
  readonly url: string;
  /** how often it has been read */
  reads(): number;
  close(): Promise<void>;
}

/**
 * Puts a JSON document up on loopback.
 *
 * @param documentAt gives the document, once its URL is known
 */
export type HostDocument = (documentAt: (url: string) => object) => Promise<HostedDocument>;

/**
 * The client that publishes its own metadata document on this machine while the run lasts. That is outside the draft,
 * which wants https; some authorization servers take it while clients are developed.
 *
 * @param watch is told of the document, which has to be taken down in the end
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-4.1 Client ID Metadata Document §4.1}
 */
export async function hostedClient(
  context: StepContext,
  input: RegistrationInput,
  watch: (hosted: HostedDocument) => void,
): Promise<ClientFacts> {
  const { hostDocument } = context.deps;
  if (!hostDocument) throw new FlowFailure('there is no way to put up a metadata document here');
  const hosted = await hostDocument((url) => metadataDocument(context, url, input));
  watch(hosted);
  context.decide(
    `Serves its metadata document at ${hosted.url}, and uses that as its client_id`,
    'its user wants that (--serve-client-metadata); the authorization server reads it there if it takes documents on loopback',
    SPEC.metadataDocuments,
  );
  return { clientId: hosted.url, authentication: { method: 'none' }, origin: 'document' };
}

/** What the client says of itself: the same as it would at registration. */
function metadataDocument(
  context: StepContext,
  url: string,
  { redirectUri, scope }: RegistrationInput,
): object {
  return {
    client_id: url,
    client_name: context.plan.client.name,
    redirect_uris: redirectUri === undefined ? [] : [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    ...(scope !== undefined && { scope }),
  };
}

/** Takes the document down, and tells whether the authorization server has read it. */
export async function takeDown(context: StepContext, hosted: HostedDocument): Promise<void> {
  const reads = hosted.reads();
  await hosted.close();
  const times = reads === 1 ? 'once' : `${reads} times`;
  context.decide(
    reads === 0
      ? 'Takes its metadata document down, which nobody has read'
      : `Takes its metadata document down, which was read ${times}`,
    reads === 0
      ? 'the authorization server did not come for it: it may take no documents on loopback, or cannot reach this machine'
      : 'the authorization server comes for it when it meets the client_id, and may keep it',
    SPEC.metadataDocuments,
  );
}
