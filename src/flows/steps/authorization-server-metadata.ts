import { mediaTypeOf } from '../../shared/http/body.js';
import {
  type AuthorizationServerMetadata,
  authorizationServerMetadata,
} from '../../shared/oauth/metadata.js';
import {
  authorizationServerMetadataLocations,
  type MetadataLocation,
} from '../../shared/oauth/well-known.js';
import {
  checkAuthorizationServerMetadata,
  type MetadataCircumstances,
} from '../checks/authorization-server.js';
import { checked, headerEvidence } from '../checks/checked.js';
import { isIssuerForm } from '../checks/issuer-form.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import { differenceInWords } from '../findings/identifier-difference.js';
import { metadataLocationsOf } from '../specification/revisions.js';
import { SPEC } from '../specification/spec.js';
import { metadataDocumentOf } from './metadata-document.js';

/** Metadata that was validated, with the endpoints that a flow can't do without. */
export interface AuthorizationServerFacts {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly metadata: AuthorizationServerMetadata;
  /** where the metadata was found; undefined where there is none and the endpoints are those of old */
  readonly metadataUrl?: string;
}

const FORM_IN_WORDS: Readonly<Record<MetadataLocation['form'], string>> = {
  'oauth-path-inserted': 'OAuth, path inserted',
  'openid-path-inserted': 'OpenID Connect, path inserted',
  'openid-path-appended': 'OpenID Connect, path appended',
  'oauth-root': 'OAuth',
  'openid-root': 'OpenID Connect',
};

/**
 * Reads the metadata of an authorization server at each well-known form in order, and uses the first document whose
 * issuer is the one that was looked for.
 *
 * @param resource what a token will be asked for
 * @throws FlowFailure if there is none, or it can't serve a client that keeps to MCP
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414 §3}
 */
export async function readAuthorizationServerMetadata(
  context: StepContext,
  issuer: string,
  resource: string,
): Promise<AuthorizationServerFacts> {
  const { metadata, url, isOpenId } = await findMetadata(context, issuer);
  return { ...usableServer(context, issuer, metadata, { resource, isOpenId }), metadataUrl: url };
}

/**
 * Holds metadata that is of the right issuer against what a flow needs.
 *
 * @throws FlowFailure if it can't serve a client that keeps to MCP
 */
export function usableServer(
  context: StepContext,
  issuer: string,
  metadata: AuthorizationServerMetadata,
  circumstances: MetadataCircumstances,
): AuthorizationServerFacts {
  context.report(checkAuthorizationServerMetadata(metadata, circumstances));
  const { token_endpoint: tokenEndpoint } = metadata;
  if (tokenEndpoint === undefined) throw new FlowFailure(`the metadata of ${issuer} lacks token_endpoint`);
  if (context.plan.grant === 'authorization_code') {
    authorizationEndpointOf(metadata);
    settlePkce(context, metadata);
  }
  return { issuer, tokenEndpoint, metadata };
}

/**
 * Where users are sent to.
 *
 * @throws FlowFailure if the metadata does not say
 */
export function authorizationEndpointOf({
  issuer,
  authorization_endpoint: endpoint,
}: Pick<AuthorizationServerMetadata, 'issuer' | 'authorization_endpoint'>): string {
  if (endpoint !== undefined) return endpoint;
  throw new FlowFailure(`the metadata of ${issuer} lacks authorization_endpoint`);
}

function settlePkce(context: StepContext, metadata: AuthorizationServerMetadata): void {
  const { issuer } = metadata;
  const advertised = metadata.code_challenge_methods_supported?.includes('S256') === true;
  if (!advertised && context.rules.pkceMustBeAdvertised) {
    throw new FlowFailure(
      `the metadata of ${issuer} does not say that PKCE with S256 is supported (code_challenge_methods_supported),` +
        ' so a client must not go on',
    );
  }
  context.decide(
    'Goes on with PKCE, method S256',
    advertised
      ? 'code_challenge_methods_supported has it' +
          (context.rules.pkceMustBeAdvertised ? '; without that a client must stop here' : '')
      : `the metadata does not name it, which MCP ${context.rules.revision} does not ask for`,
    SPEC.codeProtection,
  );
}

interface Found {
  readonly metadata: AuthorizationServerMetadata;
  readonly url: string;
  readonly isOpenId: boolean;
}

async function findMetadata(context: StepContext, issuer: string): Promise<Found> {
  const misses: string[] = [];
  const otherIssuers: string[] = [];
  for (const { url, form } of metadataLocationsOf(
    context.rules,
    authorizationServerMetadataLocations(issuer),
  )) {
    const exchange = await context.send({ method: 'GET', url, headers: { accept: 'application/json' } });
    const read = metadataDocumentOf(exchange, authorizationServerMetadata);
    if (!read.ok) {
      misses.push(`${url}: ${read.why}`);
      continue;
    }
    context.identify('issuer', read.metadata.issuer, 'issuer of the authorization server metadata');
    if (read.metadata.issuer !== issuer) {
      const { issuer: other } = read.metadata;
      const why = `${url}: its issuer is ${other}, which ${differenceInWords(issuer, other)}; looked for ${issuer}`;
      otherIssuers.push(why);
      misses.push(why);
      continue;
    }
    reportFound(context, exchange, issuer, otherIssuers);
    context.decide(
      `Uses the metadata at ${url}`,
      `it is ${misses.length === 0 ? 'the first form to try' : `at number ${misses.length + 1} of the forms to try`}` +
        ` (${FORM_IN_WORDS[form]}), and its issuer is the one looked for`,
      SPEC.authorizationServerMetadataDiscovery,
    );
    return { metadata: read.metadata, url, isOpenId: form.startsWith('openid-') };
  }
  const isOther = otherIssuers.length > 0;
  context.report([
    checked('as.metadata-found', isOther, misses.join('; ')),
    checked('as.issuer-match', isOther ? false : undefined, otherIssuers.join('; ') || 'no metadata'),
  ]);
  throw new FlowFailure(`no usable authorization server metadata: ${misses.join('; ')}`);
}

/**
 * Tells that metadata of the right issuer was found.
 *
 * @param otherIssuers what was said of the documents before it, whose issuer was another: this client goes on to the next
 *   place, and many take the first document for good or end there
 */
export function reportFound(
  context: StepContext,
  exchange: HttpExchange,
  issuer: string,
  otherIssuers: readonly string[] = [],
): void {
  const headers = exchange.response?.headers ?? new Headers();
  context.report([
    checked('as.metadata-found', true, exchange.request.url),
    checked(
      'as.metadata-json',
      mediaTypeOf(headers.get('content-type')) === 'application/json',
      headerEvidence(headers, 'content-type'),
    ),
    checked('as.issuer-match', otherIssuers.length === 0, otherIssuers.join('; ') || `issuer ${issuer}`),
    checked('as.issuer-form', isIssuerForm(issuer), `issuer ${issuer}`),
  ]);
}
