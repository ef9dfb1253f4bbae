import { mediaTypeOf } from '../../shared/http/body.js';
import { parseChallenges } from '../../shared/oauth/www-authenticate.js';
import { checkChallenge, checkChallengeStatus } from '../checks/challenge.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import { connect, isConnection } from '../mcp/connect.js';
import type { McpConnection } from '../mcp/connection.js';
import type { McpPeer } from '../mcp/post.js';
import { SPEC } from '../specification/spec.js';

/** What the server said to a request without a token. */
export type ChallengeResult =
  { readonly kind: 'not-protected'; readonly connection: McpConnection } | Challenged;

/** The server asks for a token, and says so much of where to get one. */
export interface Challenged {
  readonly kind: 'challenged';
  readonly resourceMetadata?: string;
  readonly scope?: string;
}

/**
 * Sends a request without a token.
 *
 * @throws FlowFailure if nothing answers, or the answer is neither a challenge nor MCP
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-5.1 RFC 9728 §5.1}
 */
export async function requestChallenge(context: StepContext, peer: McpPeer): Promise<ChallengeResult> {
  const connected = await connect(peer);
  if (isConnection(connected)) {
    // Some servers let everybody in, and ask for a token only where there is something to be had.
    const listed = await connected.request('tools/list', {});
    if (listed.kind === 'refused' && listed.exchange.response?.status === 401) {
      await connected.close();
      context.decide(
        'Takes the answer to tools/list as the challenge',
        `the server opened without a token, and asks for one from there on; ${connected.because}`,
        SPEC.errorHandling,
      );
      return readChallenge(context, listed.exchange);
    }
    context.decide(
      'Goes on without authorization',
      `the server answered without a token, which MCP leaves to it; ${connected.because}`,
      SPEC.authorizationIsOptional,
    );
    return { kind: 'not-protected', connection: connected };
  }
  const { response } = connected.exchange;
  if (connected.kind === 'failed') {
    // Any other status may be that of something that is no MCP server at all; this one is that of a server that fell over.
    if (response && response.status >= 500) context.report([checkChallengeStatus(response.status)]);
    await refuseOlderTransport(context, peer, connected.exchange);
    throw new FlowFailure(...notMcp(connected.exchange, connected.reason));
  }
  if (response?.status !== 401) {
    if (response) context.report([checkChallengeStatus(response.status)]);
    throw new FlowFailure(
      `the server answered ${response?.status} to a request without a token; it should be 401 with a challenge`,
    );
  }
  return readChallenge(context, connected.exchange);
}

/** Statuses by which a server of HTTP+SSE answers a POST to the URL of its stream. */
const NO_POST: ReadonlySet<number> = new Set([400, 404, 405]);
/** The first event of such a stream: it names the URL for messages. */
const ENDPOINT_EVENT = /^event: ?endpoint\r?$/m;

/**
 * A server of the transport before Streamable HTTP has its stream at the URL, and takes messages elsewhere.
 *
 * @throws FlowFailure that says so, if it is one
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#httpsse-transport-2024-11-05 MCP, HTTP+SSE transport}
 */
async function refuseOlderTransport(
  context: StepContext,
  peer: McpPeer,
  { response: posted }: HttpExchange,
): Promise<void> {
  if (posted === undefined || !NO_POST.has(posted.status)) return;
  const accept = 'text/event-stream';
  const { response } = await context.send(
    { method: 'GET', url: peer.target, headers: { accept } },
    { to: 'rs', enough: (piece) => piece.includes('\n') },
  );
  const opened = response?.status === 200 && mediaTypeOf(response.headers.get('content-type')) === accept;
  // A server of Streamable HTTP has 400 for other things too, and may well open a stream on GET.
  const isAmbiguous = posted.status === 400;
  const isStream = opened && (!isAmbiguous || ENDPOINT_EVENT.test(response.body));
  if (!isStream && (isAmbiguous || response?.status !== 401)) return;
  throw new FlowFailure(
    `the server takes no POST here (${posted.status}) and ${isStream ? 'opens a stream' : 'asks for a token'} on GET: it` +
      ' seems to speak HTTP+SSE, the transport of MCP 2024-11-05, which Streamable HTTP has replaced since 2025-03-26' +
      ' and which is not inspected; if it has a Streamable HTTP endpoint too, inspect that URL',
  );
}

function notMcp(
  { response, error }: HttpExchange,
  reason: string,
): [string, { outcome?: 'failed' | 'unreachable' }] {
  if (!response) return [error ?? 'no answer', { outcome: 'unreachable' }];
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location !== null) {
    return [`the server redirects to ${location}; if that is the MCP server, inspect that URL`, {}];
  }
  return [`this does not look like an MCP endpoint (${reason})`, {}];
}

/**
 * Reads the answer to a request without a token that had to have one.
 *
 * @throws FlowFailure if there is none
 */
export function readChallenge(context: StepContext, { response }: HttpExchange): Challenged {
  if (!response) throw new FlowFailure('no response');
  const header = response.headers.get('www-authenticate');
  const challenges = parseChallenges(header ?? '');
  const bearer = challenges?.find((challenge) => challenge.scheme === 'bearer');
  context.report(checkChallenge({ response, challenges, bearer }));
  const { resource_metadata: resourceMetadata, scope } = bearer?.parameters ?? {};
  if (bearer === undefined) {
    const why =
      header === null ? 'there is no WWW-Authenticate header' : 'there is no Bearer challenge to read';
    context.decide('Looks for the metadata at the well-known URLs', why, SPEC.resourceMetadataDiscovery);
  } else {
    context.decide(
      resourceMetadata === undefined
        ? 'Looks for the metadata at the well-known URLs'
        : `Reads the metadata at ${resourceMetadata}`,
      resourceMetadata === undefined
        ? 'the challenge has no resource_metadata'
        : 'the challenge names it, and that goes before the well-known URLs',
      SPEC.resourceMetadataDiscovery,
    );
  }
  return {
    kind: 'challenged',
    ...(resourceMetadata !== undefined && { resourceMetadata }),
    ...(scope !== undefined && scope.trim() !== '' && { scope }),
  };
}
