import type { RegistrationRoute } from '../../shared/oauth/routes.js';
import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { FlowHistory, FlowSoFar } from './flow-so-far.js';
import {
  answeredIn,
  errorOf,
  inWords,
  issuedIn,
  loginsIn,
  registrationsIn,
  type SeenFlow,
  seenIn,
  sentIn,
} from './seen-flow.js';
import type { WatchedRoute } from './watched-flow.js';

/**
 * Tells how the client of a flow came by its client_id, and what says so. The record of the authorization server goes
 * before what was seen; where neither says it, the route is null, and the possibilities are named.
 */
export function tellWatchedRoute(flow: FlowSoFar, { ofClient }: FlowHistory): WatchedRoute {
  const seen = seenIn(flow);
  const { clientId } = flow;
  const register = registerInWords(seen);
  if (clientId === undefined) {
    return { route: null, because: [register, 'the client has named no client_id so far'] };
  }
  const earlier = ofClient.map(seenIn);
  const { route, because } =
    fromServer(seen, clientId) ??
    fromRefusal(seen, clientId) ??
    fromRegistration(seen, clientId, earlier) ??
    fromUrl(clientId, [seen, ...earlier]) ??
    notTold(clientId);
  return { route, because: [register, ...because] };
}

function registerInWords(seen: SeenFlow): string {
  const asked = seen.of('registration').filter(({ request }) => request.method === 'POST');
  if (asked.length === 0) return 'POST /register was not called in this flow';
  return `POST /register was called in this flow: ${asked.map(inWords).join('; ')}`;
}

const RECORD_IN_WORDS: Readonly<Record<RegistrationRoute, string>> = {
  preset: 'is configured there',
  cimd: 'is the URL of a metadata document',
  dcr: 'was issued there by POST /register, and no code had been redeemed with it before this flow',
  'dcr-reused': 'was issued there by POST /register, and a code had been redeemed with it before this flow',
  adopted: 'was unknown there, and was adopted as a public client',
  unknown: 'is unknown there',
};

/** The first that the server said of this client_id in this flow: later codes of the same flow count as earlier ones. */
function fromServer(seen: SeenFlow, clientId: string): WatchedRoute | undefined {
  const said = seen.all.find(
    ({ facts, brought }) => facts.route !== undefined && brought.client_id === clientId,
  );
  const route = said?.facts.route;
  if (said === undefined || route === undefined) return undefined;
  return {
    route,
    because: [
      `the record of the authorization server, at ${inWords(said)}, says that the client_id ${RECORD_IN_WORDS[route]}`,
    ],
  };
}

/** Reason codes of our own authorization server for a client_id that it has no record of. */
const UNKNOWN = [
  'client_unknown',
  'client_deleted',
  'client_id_is_url',
  'adoption_needs_pkce',
  'adoption_needs_loopback_redirect_uri',
];

/** Whether a client_id was refused as unknown: by our own reason code, or in words that leave no other reading. */
export function isRefusedAsUnknown(exchange: RecordedExchange): boolean {
  if (exchange.from === 'rs') return false;
  if (exchange.reason_code !== null) return UNKNOWN.includes(exchange.reason_code);
  const { meaning } = exchange;
  if (meaning !== 'token-request' && meaning !== 'authorization-request') return false;
  return errorOf(exchange) === 'invalid_client' && !authenticates(exchange);
}

/** A client that authenticates may be refused for its secret. */
function authenticates(exchange: RecordedExchange): boolean {
  const sent = sentIn(exchange);
  return (
    exchange.request.headers['authorization'] !== undefined ||
    sent['client_secret'] !== undefined ||
    sent['client_assertion'] !== undefined
  );
}

function fromRefusal(seen: SeenFlow, clientId: string): WatchedRoute | undefined {
  const refused = seen.all.find(
    (exchange) => exchange.brought.client_id === clientId && isRefusedAsUnknown(exchange),
  );
  if (!refused || registrationsIn(seen).some((exchange) => issuedIn(exchange) === clientId)) return undefined;
  return {
    route: 'unknown',
    because: [`the authorization server refused the client_id as unknown: ${inWords(refused)}`],
  };
}

function fromRegistration(
  seen: SeenFlow,
  clientId: string,
  earlier: readonly SeenFlow[],
): WatchedRoute | undefined {
  const issues = (one: SeenFlow) => registrationsIn(one).some((exchange) => issuedIn(exchange) === clientId);
  const used = earlier.some((one) => loginsIn(one).some(({ brought }) => brought.client_id === clientId));
  const here = issues(seen);
  if (!here && !earlier.some(issues)) return undefined;
  const issued = `the client_id came with the answer to POST /register in ${here ? 'this flow' : 'an earlier flow'}`;
  return used
    ? { route: 'dcr-reused', because: [issued, 'a code had been redeemed with it before this flow'] }
    : { route: 'dcr', because: [issued, 'no redemption of a code with it was seen before this flow'] };
}

function fromUrl(clientId: string, flows: readonly SeenFlow[]): WatchedRoute | undefined {
  if (!/^https:\/\//i.test(clientId)) return undefined;
  const supported = flows
    .flatMap((seen) => seen.of('authorization-server-metadata'))
    .some((exchange) => answeredIn(exchange)['client_id_metadata_document_supported'] === true);
  if (supported) {
    return {
      route: 'cimd',
      because: ['the client_id is a URL, and the authorization server says that it reads metadata documents'],
    };
  }
  return {
    route: null,
    because: [
      'the client_id is a URL, and no metadata was seen in which the authorization server says that it reads metadata documents:' +
        ' it may be a metadata document (cimd), or an id that was agreed upon before (preset)',
    ],
  };
}

function notTold(clientId: string): WatchedRoute {
  return {
    route: null,
    because: [
      `where ${shortened(clientId)} comes from was not seen: it may be configured at the authorization server (preset),` +
        ' or have been issued by POST /register before the watching began (dcr-reused)',
    ],
  };
}

function shortened(clientId: string): string {
  return clientId.length > 60 ? `${clientId.slice(0, 60)}…` : clientId;
}
