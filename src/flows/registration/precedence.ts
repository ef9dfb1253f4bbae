import type { AuthorizationServerMetadata } from '../../shared/oauth/metadata.js';
import { documentUrlFault } from '../../shared/oauth/document-url.js';
import type { ConsideredWay, RegistrationWay } from '../trace/trace.js';
import { isDocumentUrl } from './document-url.js';

/** What a client brings along when it has to come by a client_id. */
export interface ClientMeans {
  /** a client_id that its user gave */
  readonly clientId?: string | undefined;
  /** the URL of the client's own metadata document */
  readonly documentUrl?: string | undefined;
  /** true if the client can put up such a document for the time of the run */
  readonly servesDocument?: boolean | undefined;
  /** the revision of MCP that the flow goes by, where that is from before metadata documents */
  readonly documentsUnknownTo?: string | undefined;
  /** true if its user wants it to register, whatever else there is */
  readonly forceRegistration?: boolean | undefined;
  /** true if it has registered here before, and has kept the credentials */
  readonly hasRegistered?: boolean | undefined;
  /** what the client can do at the token endpoint */
  readonly authenticationMethods: readonly string[];
}

/** The ways to a client_id as they were on this metadata, and the one to go. */
export interface Precedence {
  /** all of them, in the order of the specification */
  readonly ways: readonly ConsideredWay[];
  readonly chosen: RegistrationWay;
  /** what a client would choose that keeps to the specification and has the same means */
  readonly conforming: RegistrationWay;
  /** why the two differ; undefined where they do not */
  readonly departure: string | undefined;
}

/** A way, and whether taking it keeps to the specification. */
interface Way extends ConsideredWay {
  /** why not, where it is possible and does not */
  readonly departure?: string;
}

/**
 * Replays the order in which a client comes by a client_id: one that it has beforehand, its metadata document where the
 * authorization server takes those, dynamic registration, and at last its user.
 *
 * @param metadata of the authorization server
 * @param means what the client has
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration MCP, client registration}
 */
export function replayPrecedence(metadata: AuthorizationServerMetadata, means: ClientMeans): Precedence {
  const ways = [preset, document, registration, ask].map((consider) => consider(metadata, means));
  const first = ways.find(({ possible }) => possible) ?? ask();
  const conforming = ways.find(({ possible, departure }) => possible && departure === undefined) ?? ask();
  const forced = means.forceRegistration === true;
  const chosen = forced ? 'dcr' : first.way;
  return {
    ways: ways.map(({ way, possible, because }) => ({ way, possible, because })),
    chosen,
    conforming: conforming.way,
    departure:
      chosen === conforming.way ? undefined : forced ? 'its user forced it (--register)' : first.departure,
  };
}

function preset(metadata: AuthorizationServerMetadata, { clientId }: ClientMeans): Way {
  const way = 'preset';
  if (clientId === undefined) return { way, possible: false, because: 'its user gave no client_id' };
  if (isDocumentUrl(clientId, metadata)) {
    const because = 'the client_id that its user gave is the URL of a metadata document';
    return { way, possible: false, because };
  }
  return { way, possible: true, because: 'its user gave a client_id' };
}

function document(metadata: AuthorizationServerMetadata, means: ClientMeans): Way {
  const way = 'cimd';
  if (means.documentsUnknownTo !== undefined) {
    const because = `MCP ${means.documentsUnknownTo} is from before metadata documents`;
    return { way, possible: false, because };
  }
  const advertised = metadata.client_id_metadata_document_supported;
  if (advertised !== true) {
    const said = advertised === undefined ? 'does not have' : 'says false for';
    return { way, possible: false, because: `the metadata ${said} client_id_metadata_document_supported` };
  }
  const takes = 'client_id_metadata_document_supported is true';
  const url = documentUrlOf(metadata, means);
  if (url === undefined && means.servesDocument !== true) {
    return { way, possible: false, because: `${takes}, but this client was given no document` };
  }
  const because = `${takes}, ${documentInWords(url)}, and ${publicClientInWords(metadata, means)}`;
  const fault = url === undefined ? 'is plain http on loopback' : documentUrlFault(url);
  if (fault === undefined) return { way, possible: true, because };
  return { way, possible: true, because, departure: `the URL of its document ${fault}` };
}

/** The user's client_id counts as the document where it is a URL and the authorization server reads those. */
function documentUrlOf(metadata: AuthorizationServerMetadata, means: ClientMeans): string | undefined {
  const { clientId, documentUrl } = means;
  return clientId !== undefined && isDocumentUrl(clientId, metadata) ? clientId : documentUrl;
}

function documentInWords(url: string | undefined): string {
  if (url === undefined)
    return 'this client serves its document on loopback (outside the draft, which wants https)';
  const fault = documentUrlFault(url);
  return fault === undefined ? 'the URL of the document is https' : `the URL of the document ${fault}`;
}

function publicClientInWords(metadata: AuthorizationServerMetadata, means: ClientMeans): string {
  const methods = metadata.token_endpoint_auth_methods_supported;
  const withoutSecret = means.authenticationMethods.filter((method) => !method.startsWith('client_secret_'));
  if (methods === undefined)
    return 'token_endpoint_auth_methods_supported, which could leave none out, is absent';
  const usable = withoutSecret.find((method) => methods.includes(method));
  return usable === undefined
    ? `token_endpoint_auth_methods_supported lacks ${withoutSecret.join(' and ')}, which may yet be refused at /token`
    : `token_endpoint_auth_methods_supported has "${usable}"`;
}

function registration(metadata: AuthorizationServerMetadata, means: ClientMeans): Way {
  const way = 'dcr';
  if (means.hasRegistered === true) {
    return { way, possible: true, because: 'it has registered here before, and has kept the credentials' };
  }
  if (metadata.registration_endpoint === undefined) {
    return { way, possible: false, because: 'the metadata has no registration_endpoint' };
  }
  const method = registrationMethod(metadata, means.authenticationMethods);
  if (method === undefined) {
    const listed = metadata.token_endpoint_auth_methods_supported?.join(', ');
    const because = `there is a registration_endpoint, but no way to authenticate at /token that this client knows (${listed})`;
    return { way, possible: false, because };
  }
  const listed =
    metadata.token_endpoint_auth_methods_supported === undefined
      ? `token_endpoint_auth_methods_supported is absent, which means ${method}`
      : `token_endpoint_auth_methods_supported has "${method}"`;
  return { way, possible: true, because: `the metadata has a registration_endpoint, and ${listed}` };
}

function ask(): Way {
  const because =
    'its user can create a client there and pass it with --client-id; the run ends by asking for that';
  return { way: 'ask', possible: true, because };
}

/**
 * How a client that registers asks to authenticate: the first of its methods that the authorization server has. A list
 * that is absent means Basic.
 *
 * @param known what the client can do, the best first
 * @returns undefined if there is none
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export function registrationMethod(
  metadata: AuthorizationServerMetadata,
  known: readonly string[],
): string | undefined {
  const possible = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return known.find((method) => possible.includes(method));
}
