import { authorizationServerMetadata } from '../../shared/oauth/metadata.js';
import { wellKnownUrl } from '../../shared/oauth/well-known.js';
import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import { type AuthorizationServerFacts, reportFound, usableServer } from './authorization-server-metadata.js';
import { metadataDocumentOf } from './metadata-document.js';

/**
 * Finds the authorization server of an MCP server that has no protected resource metadata: at the origin of the MCP
 * server, and where that has no metadata either, at the endpoints that 2025-03-26 gave every such server.
 *
 * @throws FlowFailure if there is metadata that can't be used
 * @see {@link https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#authorization-base-url MCP 2025-03-26, authorization base URL}
 */
export async function findServerAtBaseUrl(context: StepContext): Promise<AuthorizationServerFacts> {
  const { origin } = new URL(context.plan.target);
  const url = wellKnownUrl(origin, 'oauth-authorization-server');
  const exchange = await context.send({
    method: 'GET',
    url,
    headers: {
      accept: 'application/json',
      ...(context.rules.versionInDiscovery && { 'mcp-protocol-version': context.rules.revision }),
    },
  });
  if (isNotThere(exchange))
    return atDefaultEndpoints(context, origin, `${url}: ${exchange.response?.status}`);
  const read = metadataDocumentOf(exchange, authorizationServerMetadata);
  if (!read.ok) {
    context.report([checked('as.metadata-found', false, `${url}: ${read.why}`)]);
    throw new FlowFailure(`no usable authorization server metadata: ${url}: ${read.why}`);
  }
  const { issuer } = read.metadata;
  context.identify('issuer', issuer, 'issuer of the authorization server metadata');
  // The base URL is no identifier that anybody wrote down: with and without the slash lead to the same document.
  if (issuer !== origin && issuer !== `${origin}/`) {
    const difference = `issuer ${issuer}, looked for ${origin}`;
    context.report([checked('as.metadata-found', true, url), checked('as.issuer-match', false, difference)]);
    throw new FlowFailure(`no usable authorization server metadata: ${url}: its ${difference}`);
  }
  reportFound(context, exchange, issuer);
  context.decide(
    `Uses the metadata at ${url}`,
    'the authorization server of such a server is at the origin of its URL, whatever its path',
    SPEC.authorizationBaseUrl,
  );
  const circumstances = { resource: context.plan.target, isOpenId: false };
  return { ...usableServer(context, issuer, read.metadata, circumstances), metadataUrl: url };
}

/** Whether an answer says that there is nothing, rather than that something is broken. */
export function isNotThere({ response, error }: HttpExchange): boolean {
  return (
    error === undefined &&
    response !== undefined &&
    response.status >= 400 &&
    response.status < 500 &&
    response.status !== 429
  );
}

function atDefaultEndpoints(
  context: StepContext,
  origin: string,
  evidence: string,
): AuthorizationServerFacts {
  context.report([checked('as.metadata-found', false, evidence)]);
  context.decide(
    `Uses ${origin}/authorize, ${origin}/token and ${origin}/register`,
    'there is no metadata, and these are the endpoints that every server without it has',
    SPEC.defaultEndpoints,
  );
  const tokenEndpoint = `${origin}/token`;
  return {
    issuer: origin,
    tokenEndpoint,
    metadata: {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: tokenEndpoint,
      registration_endpoint: `${origin}/register`,
      // Nothing says what it takes. A public client is what such servers were told to expect.
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
    },
  };
}
