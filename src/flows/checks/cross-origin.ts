import type { StepCheck } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { checked, cut, headerEvidence } from './checked.js';

/** What was answered to a page of another origin; undefined where there was nothing to ask. */
export interface CrossOriginAnswers {
  readonly origin: string;
  /** whether the MCP server gave out a session id in this run */
  readonly session: boolean;
  /** OPTIONS, for a POST with the headers of MCP */
  readonly mcpPreflight: HttpExchange;
  /** a POST without a token */
  readonly mcpChallenge: HttpExchange;
  readonly resourceMetadata: HttpExchange | undefined;
  readonly serverMetadata: HttpExchange | undefined;
  /** OPTIONS, for a POST */
  readonly token: HttpExchange;
  /** OPTIONS, for a POST of JSON */
  readonly registration: HttpExchange | undefined;
  /** OPTIONS, for a GET */
  readonly authorization: HttpExchange | undefined;
}

/** What a client that runs in a browser would meet. */
export function checkCrossOrigin(answers: CrossOriginAnswers): readonly StepCheck[] {
  const { origin } = answers;
  return [
    ...checkMcp(answers),
    readable('rs.cors-metadata', answers.resourceMetadata, origin),
    readable('as.cors-metadata', answers.serverMetadata, origin),
    preflight('as.cors-token', answers.token, origin, []),
    preflight('as.cors-registration', answers.registration, origin, ['content-type']),
    checked(
      'as.cors-not-authorization',
      // Where the preflight fails, no page gets to read anything, whatever headers its refusal has.
      answers.authorization?.response &&
        !(isSuccessful(answers.authorization) && allows(answers.authorization, origin)),
      answers.authorization ? originEvidence(answers.authorization) : 'no authorization_endpoint',
    ),
    ...checkAll('rs', [answers.mcpPreflight, answers.mcpChallenge, answers.resourceMetadata], origin),
    ...checkAll('as', [answers.serverMetadata, answers.token, answers.registration], origin),
  ];
}

function checkMcp(answers: CrossOriginAnswers): readonly StepCheck[] {
  const { origin, mcpPreflight, mcpChallenge, session } = answers;
  const mcp = preflight('rs.cors-mcp', mcpPreflight, origin, ['content-type', 'mcp-protocol-version']);
  const isOpen = isSuccessful(mcpPreflight) && allows(mcpPreflight, origin);
  const isChallenge = mcpChallenge.response?.status === 401;
  const exposed = `${originEvidence(mcpChallenge)}, ${header(mcpChallenge, 'access-control-expose-headers')}`;
  return [
    mcp,
    checked(
      'rs.cors-authorization-named',
      isOpen ? listIn(mcpPreflight, 'access-control-allow-headers').includes('authorization') : undefined,
      header(mcpPreflight, 'access-control-allow-headers'),
    ),
    checked(
      'rs.cors-challenge',
      isOpen && isChallenge
        ? allows(mcpChallenge, origin) && exposes(mcpChallenge, 'www-authenticate')
        : undefined,
      exposed,
    ),
    checked(
      'rs.cors-session',
      isOpen && session ? allows(mcpChallenge, origin) && exposes(mcpChallenge, 'mcp-session-id') : undefined,
      session ? exposed : 'the server gave out no session id',
    ),
  ];
}

type CorsCheck =
  'rs.cors-mcp' | 'rs.cors-metadata' | 'as.cors-metadata' | 'as.cors-token' | 'as.cors-registration';

function readable(id: CorsCheck, exchange: HttpExchange | undefined, origin: string): StepCheck {
  if (!exchange) return checked(id, undefined, 'there is no such document');
  return checked(id, exchange.response && allows(exchange, origin), originEvidence(exchange));
}

function preflight(
  id: CorsCheck,
  exchange: HttpExchange | undefined,
  origin: string,
  names: readonly string[],
): StepCheck {
  if (!exchange) return checked(id, undefined, 'there is no such endpoint');
  const allowed = listIn(exchange, 'access-control-allow-headers');
  const met =
    isSuccessful(exchange) &&
    allows(exchange, origin) &&
    (allowed.includes('*') || names.every((name) => allowed.includes(name)));
  return checked(
    id,
    exchange.response && met,
    `${originEvidence(exchange)}, ${header(exchange, 'access-control-allow-headers')}`,
  );
}

/** What holds of every answer that allows a page anything. */
function checkAll(
  whose: 'rs' | 'as',
  exchanges: readonly (HttpExchange | undefined)[],
  origin: string,
): readonly StepCheck[] {
  const open = exchanges.filter((exchange) => exchange !== undefined).filter((one) => allows(one, origin));
  const withCookies = open.find(
    (exchange) =>
      allowedOrigin(exchange) === '*' &&
      exchange.response?.headers.get('access-control-allow-credentials') === 'true',
  );
  const naming = open.filter((exchange) => allowedOrigin(exchange) !== '*');
  const silent = naming.find((exchange) => {
    const vary = listIn(exchange, 'vary');
    return !vary.includes('origin') && !vary.includes('*');
  });
  const shown = silent ?? naming[0];
  return [
    checked(
      `${whose}.cors-credentials`,
      open.length === 0 ? undefined : withCookies === undefined,
      withCookies
        ? `${originEvidence(withCookies)}, ${header(withCookies, 'access-control-allow-credentials')}`
        : `${open.length} answers allow the origin`,
    ),
    checked(
      `${whose}.cors-vary`,
      shown ? silent === undefined : undefined,
      shown ? `${originEvidence(shown)}, ${header(shown, 'vary')}` : 'no answer names the origin',
    ),
  ];
}

function allowedOrigin({ response }: HttpExchange): string | null {
  return response?.headers.get('access-control-allow-origin') ?? null;
}

function allows(exchange: HttpExchange, origin: string): boolean {
  const allowed = allowedOrigin(exchange);
  return allowed === '*' || allowed === origin;
}

function isSuccessful({ response }: HttpExchange): boolean {
  return response !== undefined && response.status >= 200 && response.status < 300;
}

function exposes(exchange: HttpExchange, name: string): boolean {
  const exposed = listIn(exchange, 'access-control-expose-headers');
  return exposed.includes(name) || exposed.includes('*');
}

/** The elements of a header that is a list, in lower case. */
function listIn({ response }: HttpExchange, name: string): readonly string[] {
  return (response?.headers.get(name) ?? '').split(',').map((element) => element.trim().toLowerCase());
}

function header({ response }: HttpExchange, name: string): string {
  return response ? cut(headerEvidence(response.headers, name)) : 'no answer';
}

function originEvidence(exchange: HttpExchange): string {
  const { request, response, error } = exchange;
  const { pathname } = new URL(request.url);
  if (!response) return `${request.method} ${pathname}: ${error ?? 'no answer'}`;
  return `${request.method} ${pathname}: ${response.status}, ${header(exchange, 'access-control-allow-origin')}`;
}
