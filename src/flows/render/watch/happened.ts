import type { RecordedExchange } from '../../record/recorded-exchange.js';

/** Longer parts of a sentence are cut: ids and URLs that somebody else chose. */
const MAX_PART = 60;

/**
 * What an exchange was, in a few words: what the client did, and what came of it.
 *
 * @returns not fit for a terminal yet: parts of it are the client's
 */
export function happened(exchange: RecordedExchange): string {
  const { response, error, request } = exchange;
  if (response === null) return `${purposeOf(exchange)}: no answer${error === null ? '' : ` (${error})`}`;
  const { status } = response;
  switch (exchange.meaning) {
    case 'mcp':
      return mcp(exchange, status);
    case 'registration':
      return status < 300
        ? `registers: ${part(exchange.gave.client_id ?? 'a client_id')}`
        : refused('registers', exchange, status);
    case 'authorization-request':
    case 'sign-in':
      return atTheBrowser(exchange, status);
    case 'token-request':
      return tokenRequest(exchange, status);
    case 'introspection':
      return exchange.facts.active === undefined
        ? refused('the MCP server asks about a token', exchange, status)
        : `the MCP server asks: the token is ${exchange.facts.active ? 'good' : 'void'}`;
    case 'misdirected':
      return `asks the wrong server: ${request.method} ${part(pathOf(request.url))}: ${status}`;
    default:
      return status < 400 ? purposeOf(exchange) : refused(purposeOf(exchange), exchange, status);
  }
}

function purposeOf({ meaning, from, request: { method, url }, facts }: RecordedExchange): string {
  switch (meaning) {
    case 'mcp':
      return messagesOf(facts) || (method === 'GET' ? 'opens a stream' : 'MCP message');
    case 'resource-metadata':
      return 'reads the resource metadata';
    case 'authorization-server-metadata':
      return `${from === 'rs' ? 'the MCP server ' : ''}reads the authorization server metadata`;
    case 'keys':
      return 'the keys are read';
    case 'registration':
      return 'registers';
    case 'client-configuration':
      return CONFIGURATION[method] ?? 'looks at its registration';
    case 'authorization-request':
      return 'sends its user to /authorize';
    case 'sign-in':
      return 'the user is at the sign-in page';
    case 'token-request':
      return 'asks for a token';
    case 'introspection':
      return 'the MCP server asks about a token';
    case 'revocation':
      return 'gives a token back';
    case 'lever':
      return 'a lever is pulled at the live page';
    case 'preflight':
      return 'a browser asks for leave (preflight)';
    default:
      return `${method} ${part(pathOf(url))}`;
  }
}

const CONFIGURATION: Readonly<Record<string, string>> = {
  GET: 'reads its registration',
  PUT: 'changes its registration',
  DELETE: 'takes its registration back',
};

function mcp(exchange: RecordedExchange, status: number): string {
  const { brought, facts, request } = exchange;
  if (status === 401) {
    return brought.access_token === undefined ? 'asks without token: 401' : 'its token is refused: 401';
  }
  if (status === 403 && facts.missing_scopes) {
    return `lacks the scope ${part(facts.missing_scopes.join(' '))} (403)`;
  }
  const what = messagesOf(facts);
  if (status >= 400) return refused(what || 'an MCP message', exchange, status);
  if (what !== '') return what;
  if (request.method === 'GET') return 'opens a stream';
  return request.method === 'DELETE' ? 'ends its session' : `MCP message: ${status}`;
}

function messagesOf({ mcp: methods = [], mcp_client: client }: RecordedExchange['facts']): string {
  const named = methods.map(({ method, name }) => (name === undefined ? method : `${method} ${name}`));
  const itself = client && `${client.name}${client.version === undefined ? '' : ` ${client.version}`}`;
  return part([named.join(', '), itself && `as ${itself}`].filter(Boolean).join(' '), MAX_PART * 2);
}

/** What the user sees, or what the browser brings back to the client. */
function atTheBrowser(exchange: RecordedExchange, status: number): string {
  const { meaning, request, response, gave, brought, facts } = exchange;
  const location = response?.headers['location'];
  const back = location === undefined ? undefined : URL.parse(location, request.url);
  const begin =
    meaning === 'authorization-request'
      ? `to /authorize as ${part(brought.client_id ?? 'nobody')}${facts.adopted ? ', adopted' : ''}`
      : '';
  const joined = (end: string) => [begin, end].filter((text) => text !== '').join(': ');
  const error = back?.searchParams.get('error') ?? undefined;
  if (error !== undefined) return joined(`goes back with the error ${part(error)}`);
  if (gave.code !== undefined) return joined('a code is given');
  if (status >= 400) return joined(`refused (${status})`);
  if (begin !== '') return begin;
  return PAGES[`${request.method} ${pathOf(request.url).replace(/^.*\//, '')}`] ?? 'the user goes on';
}

/** What the user does, by the last part of the path at our own authorization server. */
const PAGES: Readonly<Record<string, string>> = {
  'GET login': 'the user sees the sign-in page',
  'POST login': 'the user signs in',
  'GET consent': 'the user is asked for consent',
  'POST consent': 'the user answers',
};

function tokenRequest(exchange: RecordedExchange, status: number): string {
  const { facts, gave } = exchange;
  const grant = facts.grant_type ?? 'token';
  const what = GRANTS[grant] ?? 'asks for a token';
  if (status >= 400) return refused(what, exchange, status);
  const seconds = facts.expires_in === undefined ? '' : `, for ${facts.expires_in} s`;
  const refresh = gave.refresh_token === undefined ? ', no refresh token' : '';
  return `${what}: a token${seconds}${refresh}`;
}

const GRANTS: Readonly<Record<string, string>> = {
  authorization_code: 'redeems its code',
  refresh_token: 'refreshes',
  client_credentials: 'asks in its own name',
};

/** The error as the wire says it; why is for the reason code. */
function refused(what: string, { response }: RecordedExchange, status: number): string {
  const body = response?.body;
  const named = typeof body === 'object' && body !== null && !Array.isArray(body) ? body['error'] : undefined;
  return `${what}: ${typeof named === 'string' ? `${part(named)} (${status})` : status}`;
}

function pathOf(url: string): string {
  return URL.parse(url)?.pathname ?? url;
}

function part(text: string, most = MAX_PART): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
