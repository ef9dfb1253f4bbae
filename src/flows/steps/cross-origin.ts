import { NEWEST_REVISION } from '../../shared/oauth/revisions.js';
import { checkCrossOrigin } from '../checks/cross-origin.js';
import type { StepContext } from '../context.js';
import type { HttpExchange, HttpRequest } from '../exchange/exchange.js';
import { SPEC } from '../specification/spec.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';

/** Where the MCP Inspector runs, a client in the browser that many start at home. */
const ORIGIN = 'http://localhost:6274';

/** What a page of another origin would go to. */
export interface CrossOriginInput {
  readonly server: AuthorizationServerFacts;
  /** where the metadata of the resource was found */
  readonly resourceMetadataUrl: string | undefined;
  /** whether the MCP server gave out a session id in this run */
  readonly session: boolean;
}

/**
 * Asks as a browser would for a client on a page of another origin, all at once. Nothing is changed by it: preflights,
 * metadata, and one MCP request without a token.
 *
 * @see {@link https://fetch.spec.whatwg.org/#http-cors-protocol Fetch, CORS protocol}
 */
export async function askAsPage(context: StepContext, input: CrossOriginInput): Promise<void> {
  const { server, resourceMetadataUrl, session } = input;
  const { target } = context.plan;
  const { registration_endpoint: registrationEndpoint } = server.metadata;
  context.decide(
    `Asks both servers as a browser would for a page at ${ORIGIN}`,
    'clients that run in a browser need their leave, which no other client notices; nothing is changed by asking',
    SPEC.cors,
  );
  const ask = (to: 'rs' | 'as', request: HttpRequest) => context.send(request, { to });
  const [mcpPreflight, mcpChallenge, resourceMetadata, serverMetadata, token, registration, authorization] =
    await Promise.all([
      ask('rs', preflightFor(target, 'POST', ['authorization', 'content-type', 'mcp-protocol-version'])),
      ask('rs', requestWithoutToken(target)),
      ifNamed(resourceMetadataUrl, (url) => ask('rs', documentRequest(url))),
      ifNamed(server.metadataUrl, (url) => ask('as', documentRequest(url))),
      ask('as', preflightFor(server.tokenEndpoint, 'POST', [])),
      ifNamed(registrationEndpoint, (url) => ask('as', preflightFor(url, 'POST', ['content-type']))),
      ifNamed(server.metadata.authorization_endpoint, (url) => ask('as', preflightFor(url, 'GET', []))),
    ]);
  context.report(
    checkCrossOrigin({
      origin: ORIGIN,
      session,
      mcpPreflight,
      mcpChallenge,
      resourceMetadata,
      serverMetadata,
      token,
      registration,
      authorization,
    }),
  );
}

async function ifNamed(
  url: string | undefined,
  ask: (url: string) => Promise<HttpExchange>,
): Promise<HttpExchange | undefined> {
  return url === undefined ? undefined : ask(url);
}

function preflightFor(url: string, method: string, names: readonly string[]): HttpRequest {
  return {
    method: 'OPTIONS',
    url,
    headers: {
      origin: ORIGIN,
      'access-control-request-method': method,
      ...(names.length > 0 && { 'access-control-request-headers': names.join(',') }),
    },
  };
}

function documentRequest(url: string): HttpRequest {
  return { method: 'GET', url, headers: { accept: 'application/json', origin: ORIGIN } };
}

/** A request of the newest revision, which a server of any other refuses for want of a token just as well. */
function requestWithoutToken(target: string): HttpRequest {
  return {
    method: 'POST',
    url: target,
    headers: {
      origin: ORIGIN,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': NEWEST_REVISION,
      'mcp-method': 'server/discover',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: {} }),
  };
}
