import { mediaTypeOf } from '../../shared/http/body.js';
import { type ProtectedResourceMetadata, protectedResourceMetadata } from '../../shared/oauth/metadata.js';
import { isResourceIdentifier, isSameResource } from '../../shared/oauth/resource.js';
import { wellKnownUrl } from '../../shared/oauth/well-known.js';
import { offlineAccess } from '../checks/challenge.js';
import { checked, headerEvidence } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../spec.js';
import { metadataDocumentOf } from './metadata-document.js';

const SUFFIX = 'oauth-protected-resource';

/** The resource and the authorization server that the flow goes on with. */
export interface ResourceFacts {
  readonly resource: string;
  readonly issuer: string;
  readonly scopesSupported: readonly string[] | undefined;
}

/**
 * Reads the protected resource metadata, holds `resource` against the server, and chooses an authorization server.
 *
 * @param named the URL that the challenge named, if it did
 * @throws FlowFailure if there is none that may be used
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3 RFC 9728 §3}
 */
export async function readResourceMetadata(
  context: StepContext,
  named: string | undefined,
): Promise<ResourceFacts> {
  const { target } = context.plan;
  const metadata = await findMetadata(context, named);
  context.identify('resource', target, 'URL of the MCP server');
  context.identify('resource', metadata.resource, 'resource of the protected resource metadata');
  settleResource(context, metadata.resource);
  const servers = metadata.authorization_servers ?? [];
  context.report([
    checked(
      'rs.authorization-servers',
      servers.length > 0,
      `authorization_servers: ${JSON.stringify(servers)}`,
    ),
    offlineAccess(metadata.scopes_supported ?? [], 'the metadata'),
  ]);
  const [issuer] = servers;
  if (issuer === undefined) {
    throw new FlowFailure(`the metadata of ${target} names no authorization server (authorization_servers)`);
  }
  context.identify('issuer', issuer, 'authorization_servers of the protected resource metadata');
  context.decide(
    `Goes to the authorization server ${issuer}`,
    servers.length === 1 ? 'it is the only one named' : `it is the first of the ${servers.length} named`,
    SPEC.authorizationServerLocation,
  );
  return { resource: metadata.resource, issuer, scopesSupported: metadata.scopes_supported };
}

async function findMetadata(
  context: StepContext,
  named: string | undefined,
): Promise<ProtectedResourceMetadata> {
  const { target } = context.plan;
  const urls =
    named === undefined
      ? [...new Set([wellKnownUrl(target, SUFFIX), wellKnownUrl(new URL(target).origin, SUFFIX)])]
      : [named];
  const misses: string[] = [];
  for (const url of urls) {
    const exchange = await context.send({ method: 'GET', url, headers: { accept: 'application/json' } });
    const read = metadataDocumentOf(exchange, protectedResourceMetadata);
    if (read.ok) {
      const { headers } = exchange.response ?? { headers: new Headers() };
      context.report([
        checked('rs.resource-metadata-found', true, url),
        checked(
          'rs.resource-metadata-json',
          mediaTypeOf(headers.get('content-type')) === 'application/json',
          headerEvidence(headers, 'content-type'),
        ),
      ]);
      return read.metadata;
    }
    misses.push(`${url}: ${read.why}`);
  }
  context.report([checked('rs.resource-metadata-found', false, misses.join('; '))]);
  throw new FlowFailure(`no usable protected resource metadata: ${misses.join('; ')}`);
}

function settleResource(context: StepContext, resource: string): void {
  const { target } = context.plan;
  const covers = isResourceIdentifier(resource) && coversTarget(resource, target);
  const exact = covers && isSameResource(resource, target);
  const evidence = `resource ${resource}, server ${target}`;
  context.report([
    checked('rs.resource-match', covers, evidence),
    checked('rs.resource-specific', covers ? exact : undefined, evidence),
  ]);
  if (!covers) {
    throw new FlowFailure(
      `the metadata is that of another resource: ${resource} is not ${target} nor a URL above it on the same origin;` +
        ' a token for it would be for somebody else',
    );
  }
  context.decide(
    `Asks for a token for the resource ${resource}`,
    exact ? 'it is the server itself' : 'it is above the server, on the same origin',
    SPEC.resourceMetadataValidation,
  );
}

/** Whether a resource identifier is the server, or is above it on the same origin. */
function coversTarget(resource: string, target: string): boolean {
  if (isSameResource(resource, target)) return true;
  const above = new URL(resource);
  const server = new URL(target);
  const folder = above.pathname.endsWith('/') ? above.pathname : `${above.pathname}/`;
  return above.origin === server.origin && above.search === '' && server.pathname.startsWith(folder);
}
