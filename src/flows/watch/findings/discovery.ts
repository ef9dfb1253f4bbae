import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { SPEC } from '../../specification/spec.js';
import {
  answeredIn,
  challengeOf,
  inWords,
  isGood,
  type Members,
  statusOf,
  textOf,
  textsOf,
} from '../seen-flow.js';
import { isOfOtherOrigin } from '../origin.js';
import { hasToken } from '../traits.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing of how a client finds the authorization server. */
export const DISCOVERY_FINDINGS: readonly FindingRule[] = [
  { id: 'wrong-host', severity: 'problem', spec: SPEC.authorizationServerMetadataDiscovery, look: wrongHost },
  {
    id: 'metadata-unreadable',
    severity: 'problem',
    spec: SPEC.authorizationServerMetadataDiscovery,
    look: metadataUnreadable,
  },
  {
    id: 'challenge-without-metadata',
    severity: 'notice',
    spec: SPEC.resourceMetadataChallenge,
    look: challengeWithoutMetadata,
  },
  { id: 'stopped-after-metadata', severity: 'problem', spec: null, look: stoppedAfterMetadata },
  { id: 'cors-preflight-refused', severity: 'problem', spec: SPEC.cors, look: corsRefused },
];

/** Endpoints of an authorization server, asked for at the MCP server. Well-known documents are looked for in many places. */
const ENDPOINT = /\/(authorize|token|register)\/?$/;

function wrongHost(context: FindingContext): Found | undefined {
  const asked = context.seen
    .of('misdirected')
    .filter(({ to, request }) => to === 'rs' && ENDPOINT.test(URL.parse(request.url)?.pathname ?? ''));
  if (asked.length === 0) return undefined;
  const challenge = context.seen.of('mcp').find((exchange) => statusOf(exchange) === 401);
  const named = challenge && challengeOf(challenge)?.['resource_metadata'] !== undefined;
  const unread = unreadable(context, 'authorization-server-metadata');
  return {
    what: `${clientInWords(context)} asked the MCP server for what only the authorization server has`,
    evidence: [
      ...asked.map(inWords),
      ...(challenge && !named ? ['the 401 of the MCP server named no resource_metadata'] : []),
      ...unread.map((exchange) => `metadata that could not be read: ${inWords(exchange)}`),
    ],
    who: challenge && !named ? 'rs' : 'as',
    change:
      challenge && !named
        ? 'name resource_metadata in the challenge, and serve that document'
        : 'serve metadata that the client can read (see whether it reaches the issuer at all): without it, clients fall back to /authorize, /token and /register at the MCP server',
  };
}

/** Requests for a document, where none was answered with it. */
function unreadable(
  { seen }: FindingContext,
  meaning: 'resource-metadata' | 'authorization-server-metadata',
): readonly RecordedExchange[] {
  const asked = seen.of(meaning).filter(({ from }) => from === 'client');
  return asked.some((exchange) => statusOf(exchange) === 200) ? [] : asked;
}

function metadataUnreadable(context: FindingContext): Found | undefined {
  if (!context.ended || context.seen.of('token-request').some(isGood)) return undefined;
  const ofServer = unreadable(context, 'authorization-server-metadata');
  const ofResource = unreadable(context, 'resource-metadata');
  const unread = ofServer.length > 0 ? ofServer : ofResource;
  if (unread.length === 0) return undefined;
  const isServer = ofServer.length > 0;
  return {
    what: `${clientInWords(context)} could not read the metadata of the ${isServer ? 'authorization server' : 'MCP server'}`,
    evidence: unread.map((exchange) => `${inWords(exchange)} at ${exchange.request.url}`),
    who: isServer ? 'as' : 'rs',
    change: isServer
      ? 'serve the metadata where clients look: /.well-known/oauth-authorization-server between host and path of the issuer'
      : 'serve the metadata where the challenge says: /.well-known/oauth-protected-resource between host and path of the MCP server',
  };
}

function challengeWithoutMetadata({ seen }: FindingContext): Found | undefined {
  const challenged = seen
    .of('mcp')
    .filter((exchange) => statusOf(exchange) === 401 && !hasToken(exchange))
    .filter((exchange) => challengeOf(exchange)?.['resource_metadata'] === undefined);
  if (challenged.length === 0) return undefined;
  const header = challenged[0]?.response?.headers['www-authenticate'];
  return {
    what: 'the MCP server asks for a token without saying where its metadata is',
    evidence: [
      ...challenged.map(inWords),
      header === undefined ? 'there is no WWW-Authenticate header' : `WWW-Authenticate: ${header}`,
    ],
    who: 'rs',
    change: 'name the URL of the metadata in the challenge: WWW-Authenticate: Bearer resource_metadata="…"',
  };
}

/** Said of a client that read the metadata and went no further. */
function stoppedAfterMetadata(context: FindingContext): Found | undefined {
  const { seen, ended } = context;
  const read = seen
    .of('authorization-server-metadata')
    .findLast((exchange) => exchange.from === 'client' && isGood(exchange));
  const further = (
    ['registration', 'authorization-request', 'token-request', 'misdirected', 'preflight'] as const
  ).some((meaning) => seen.of(meaning).length > 0);
  if (!ended || !read || further || seen.of('mcp').some((one) => hasToken(one) && isGood(one))) {
    return undefined;
  }
  const reasons = reasonsToStop(answeredIn(read));
  return {
    severity: reasons.length > 0 ? 'problem' : 'notice',
    what: `${clientInWords(context)} read the metadata of the authorization server, and went no further`,
    evidence: [inWords(read), ...reasons],
    who: reasons.length > 0 ? 'as' : 'user',
    change:
      reasons.length > 0
        ? 'offer a way to a client_id that this client has, and what clients insist on in the metadata'
        : 'see whether the client waits for its user: some ask before they open a browser',
  };
}

function reasonsToStop(metadata: Members): readonly string[] {
  const methods = textsOf(metadata, 'code_challenge_methods_supported');
  const token = textOf(metadata, 'token_endpoint');
  const byDocument = metadata['client_id_metadata_document_supported'] === true;
  return [
    ...(textOf(metadata, 'registration_endpoint') === undefined
      ? [
          `the metadata has no registration_endpoint${byDocument ? ', and not every client has a metadata document' : ', nor are metadata documents supported'}: a client without a configured client_id must ask its user for one`,
        ]
      : []),
    ...(methods.includes('S256')
      ? []
      : ['code_challenge_methods_supported lacks S256, and MCP clients must refuse to go on without it']),
    ...(token === undefined ? ['the metadata has no token_endpoint'] : []),
  ];
}

function corsRefused({ seen }: FindingContext): Found | undefined {
  const refused = seen.of('preflight').filter((exchange) => !isAllowed(exchange) && !isForUser(exchange));
  const unread = seen.all.filter(
    (exchange) =>
      exchange.from === 'client' &&
      exchange.meaning !== 'preflight' &&
      isOfOtherOrigin(exchange) &&
      exchange.response !== null &&
      !allowsOrigin(exchange),
  );
  const all = [...refused, ...unread];
  const [first] = all;
  if (!first) return undefined;
  return {
    what: `a client that runs in a browser may not read the answers of the ${first.to === 'as' ? 'authorization server' : 'MCP server'}`,
    evidence: all.map(
      (exchange) =>
        `${inWords(exchange)} for ${exchange.request.headers['origin'] ?? 'an origin'}${
          allowsOrigin(exchange) ? '' : ', without Access-Control-Allow-Origin'
        }`,
    ),
    who: first.to,
    change:
      'allow other origins at the metadata, /register, /token and the MCP endpoint, without credentials; or let the client send from a proxy of its own',
  };
}

/** A browser goes to these; no script may read them. */
function isForUser({ request }: RecordedExchange): boolean {
  return /\/(?:authorize|login|consent)\/?$/.test(URL.parse(request.url)?.pathname ?? '');
}

function isAllowed(exchange: RecordedExchange): boolean {
  const status = statusOf(exchange);
  return status >= 200 && status < 300 && allowsOrigin(exchange);
}

function allowsOrigin({ response }: RecordedExchange): boolean {
  return response?.headers['access-control-allow-origin'] !== undefined;
}
