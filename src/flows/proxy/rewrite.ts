import { mediaTypeOf } from '../../shared/http/body.js';
import { parseChallenges } from '../../shared/oauth/www-authenticate.js';
import type { Meaning } from '../record/recorded-exchange.js';
import { isRewritten, pageOutward } from './html.js';
import { authorizationServerMetadataOutward, type Document, resourceMetadataOutward } from './metadata.js';
import { documentIn, type Servers } from './servers.js';

/** A body as the client gets it, with what was changed in it. */
export interface RewrittenBody {
  readonly body: string;
  readonly changes: readonly string[];
}

/** Whether a body is read as a whole and rewritten; all others go by as they come. */
export function isToRewrite(meaning: Meaning, to: 'as' | 'rs', contentType: string | null): boolean {
  const type = mediaTypeOf(contentType);
  if (meaning === 'resource-metadata' || meaning === 'authorization-server-metadata') return true;
  if (to === 'rs' || meaning === 'token-request' || meaning === 'introspection' || meaning === 'keys')
    return false;
  return isRewritten(type);
}

/** What a server has said, so that whoever acts on it comes to this proxy again. */
export async function rewritten(meaning: Meaning, text: string, servers: Servers): Promise<RewrittenBody> {
  const document = documentIn(text);
  if (meaning === 'resource-metadata' && document !== undefined) return resourceMetadata(document, servers);
  if (meaning === 'authorization-server-metadata' && document !== undefined) {
    return authorizationServerMetadata(document, servers);
  }
  if (meaning === 'registration' || meaning === 'client-configuration') {
    return { body: document === undefined ? text : registrationOutward(document, servers), changes: [] };
  }
  return { body: pageOutward(text, servers.origins('as')), changes: [] };
}

async function resourceMetadata(document: Document, servers: Servers): Promise<RewrittenBody> {
  const list = document['authorization_servers'];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  if (typeof first === 'string') await servers.meet(first);
  const { resource } = document;
  if (typeof resource !== 'string') return { body: JSON.stringify(document), changes: [] };
  const isInside = servers.outside === undefined && typeof first === 'string' && servers.issuer === first;
  const { document: shown, changes } = resourceMetadataOutward(document, servers.origins('rs'), {
    resource: servers.named(resource).local,
    issuer: isInside ? servers.origins('as').outward(first) : undefined,
  });
  return {
    body: JSON.stringify(shown),
    changes: servers.outside === undefined ? changes : [...changes, onlyTheServer(servers.outside)],
  };
}

/** Why the real authorization server is named to the client. */
export function onlyTheServer(reason: string): string {
  return `only the MCP server is watched: ${reason}`;
}

async function authorizationServerMetadata(document: Document, servers: Servers): Promise<RewrittenBody> {
  const { issuer } = document;
  // A server of before 2025-06-18 names none: what is at its own origin is its authorization server.
  if (servers.issuer === undefined && typeof issuer === 'string') await servers.meet(issuer);
  servers.learned(document);
  const local = new URL(servers.places('as').issuer ?? servers.places('rs').resource!).origin;
  const { document: shown, changes } = authorizationServerMetadataOutward(
    document,
    servers.origins('as'),
    local,
  );
  return { body: JSON.stringify(shown), changes };
}

/** The client manages its registration where it is told to; all else in the answer is its own. */
function registrationOutward(document: Document, servers: Servers): string {
  const place = document['registration_client_uri'];
  if (typeof place !== 'string') return JSON.stringify(document);
  return JSON.stringify({ ...document, registration_client_uri: servers.origins('as').outward(place) });
}

/** A challenge that leads the client to the metadata as this proxy serves it. */
export function challengeOutward(header: string, servers: Servers): string {
  const outward = servers.origins('rs').outward(header);
  const named = parseChallenges(header)?.find(({ parameters }) => 'resource_metadata' in parameters)
    ?.parameters['resource_metadata'];
  if (named === undefined) return outward;
  const shown = servers.metadataAt(named);
  return outward.replace(servers.origins('rs').outward(named), () => shown);
}
