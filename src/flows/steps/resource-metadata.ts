import { mediaTypeOf } from '../../shared/http/body.js';
import { type ProtectedResourceMetadata, protectedResourceMetadata } from '../../shared/oauth/metadata.js';
import { isResourceIdentifier, isSameResource } from '../../shared/oauth/resource.js';
import { wellKnownUrl } from '../../shared/oauth/well-known.js';
import { checked, headerEvidence } from '../checks/checked.js';
import { checkResourceMetadata } from '../checks/resource-metadata.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import { isNotThere } from './base-url-metadata.js';
import { metadataDocumentOf } from './metadata-document.js';

const SUFFIX = 'oauth-protected-resource';
/** What came of a URL that had the metadata. */
const FOUND = 'found';

/** The resource and the authorization server that the flow goes on with. */
export interface ResourceFacts {
  readonly resource: string;
  readonly issuer: string;
  readonly scopesSupported: readonly string[] | undefined;
  /** where the metadata was found */
  readonly metadataUrl: string | undefined;
}

/**
 * Reads the protected resource metadata, holds `resource` against the server, and chooses an authorization server.
 *
 * @param named the URL that the challenge named, if it did
 * @returns undefined if the server has no such metadata anywhere, which servers of before 2025-06-18 don't, and the plan
 *   allows for those
 * @throws FlowFailure if there is none that may be used
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3 RFC 9728 §3}
 */
export async function readResourceMetadata(
  context: StepContext,
  named: string | undefined,
): Promise<ResourceFacts | undefined> {
  const { target } = context.plan;
  const found = await findMetadata(context, named);
  if (found === undefined) return undefined;
  const { metadata, asked } = found;
  context.identify('resource', target, 'URL of the MCP server');
  context.identify('resource', metadata.resource, 'resource of the protected resource metadata');
  context.report(checkResourceMetadata(metadata, target));
  settleResource(context, metadata.resource);
  await settleWellKnown(context, metadata.resource, asked);
  const servers = metadata.authorization_servers ?? [];
  const [issuer] = servers;
  if (issuer === undefined) {
    throw new FlowFailure(`the metadata of ${target} names no authorization server (authorization_servers)`);
  }
  for (const server of new Set(servers)) {
    context.identify('issuer', server, 'authorization_servers of the protected resource metadata');
  }
  context.decide(
    `Goes to the authorization server ${issuer}`,
    servers.length === 1 ? 'it is the only one named' : `it is the first of the ${servers.length} named`,
    SPEC.authorizationServerLocation,
  );
  const metadataUrl = [...asked].find(([, what]) => what === FOUND)?.[0];
  return { resource: metadata.resource, issuer, scopesSupported: metadata.scopes_supported, metadataUrl };
}

/** Metadata, and what came of each URL that was asked on the way to it. */
interface Found {
  readonly metadata: ProtectedResourceMetadata;
  /** from URL to `found`, or why not */
  readonly asked: ReadonlyMap<string, string>;
}

async function findMetadata(context: StepContext, named: string | undefined): Promise<Found | undefined> {
  const urls = named === undefined ? wellKnownUrls(context) : [named];
  const asked = new Map<string, string>();
  // Only a server that was not asked for a newer revision may be older; one that names the document has one.
  let mayBeOlder = named === undefined && context.plan.revision === undefined;
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
      return { metadata: read.metadata, asked: asked.set(url, FOUND) };
    }
    mayBeOlder &&= isNotThere(exchange);
    asked.set(url, read.why);
  }
  const misses = [...asked].map(([url, why]) => `${url}: ${why}`);
  context.report([checked('rs.resource-metadata-found', false, misses.join('; '))]);
  if (mayBeOlder) return undefined;
  throw new FlowFailure(`no usable protected resource metadata: ${misses.join('; ')}`);
}

/** Asks at the well-known URL too, where the metadata was found elsewhere: the other clients may look only there. */
async function settleWellKnown(
  context: StepContext,
  resource: string,
  asked: ReadonlyMap<string, string>,
): Promise<void> {
  const url = wellKnownUrl(resource, SUFFIX);
  const what = asked.get(url) ?? (await askAgain(context, url, resource));
  context.report([checked('rs.resource-metadata-well-known', what === FOUND, `${url}: ${what}`)]);
}

async function askAgain(context: StepContext, url: string, resource: string): Promise<string> {
  const exchange = await context.send({ method: 'GET', url, headers: { accept: 'application/json' } });
  const read = metadataDocumentOf(exchange, protectedResourceMetadata);
  if (!read.ok) return read.why;
  return read.metadata.resource === resource ? FOUND : `its resource is ${read.metadata.resource}`;
}

function wellKnownUrls({ plan: { target }, rules }: StepContext): readonly string[] {
  const inserted = wellKnownUrl(target, SUFFIX);
  if (rules.resourceMetadata !== 'named-inserted-or-root') return [inserted];
  return [...new Set([inserted, wellKnownUrl(new URL(target).origin, SUFFIX)])];
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
