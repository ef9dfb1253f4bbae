import type { RecordedExchange } from '../record/recorded-exchange.js';

/** MCP methods that only open a connection: that they are answered does not show that a client gets to its tools. */
const HANDSHAKE = /^(?:initialize|ping|server\/discover|notifications\/.*|logging\/setLevel)$/;

/** Whether the server said no: any status from 400 on, or an error that a redirect brings back to the client. */
export function isRefused(exchange: RecordedExchange): boolean {
  return (exchange.response?.status ?? 400) >= 400 || errorOf(exchange) !== undefined;
}

/** The OAuth error of a response: of a redirect, or of a body. */
export function errorOf({ response }: RecordedExchange): string | undefined {
  const location = response?.headers['location'];
  const back = location === undefined ? null : URL.parse(location)?.searchParams.get('error');
  if (back !== null && back !== undefined) return back;
  const body = response?.body;
  const error = isObject(body) ? body['error'] : undefined;
  return typeof error === 'string' ? error : undefined;
}

/** Whether a token came with it. */
export function hasToken({ brought, request }: RecordedExchange): boolean {
  return brought.access_token !== undefined || 'authorization' in request.headers;
}

/** Whether its token was not good, or not good enough. */
export function isBearerRefused(exchange: RecordedExchange): boolean {
  const status = exchange.response?.status;
  return exchange.meaning === 'mcp' && hasToken(exchange) && (status === 401 || status === 403);
}

/** Whether the token is good but lacks a scope (RFC 6750 §3.1). */
export function lacksScope({ meaning, response, facts }: RecordedExchange): boolean {
  if (meaning !== 'mcp' || response?.status !== 403) return false;
  const challenge = response.headers['www-authenticate'] ?? '';
  return facts.missing_scopes !== undefined || challenge.includes('insufficient_scope');
}

/** Whether MCP did something for the client in it, other than to open the connection. */
export function isUse(exchange: RecordedExchange): boolean {
  if (exchange.meaning !== 'mcp' || isRefused(exchange)) return false;
  return methodsIn(exchange).some((method) => !HANDSHAKE.test(method));
}

/** Whether a client of MCP introduces itself with it. */
export function isGreeting(exchange: RecordedExchange): boolean {
  return methodsIn(exchange).some((method) => method === 'initialize' || method === 'server/discover');
}

/** Whether a tool was called in it, and the call let through. */
export function isToolCall(exchange: RecordedExchange): boolean {
  return isUse(exchange) && methodsIn(exchange).includes('tools/call');
}

/** The MCP methods that a request asks for. */
export function methodsIn({ facts, request }: RecordedExchange): readonly string[] {
  if (facts.mcp !== undefined) return facts.mcp.map(({ method }) => method);
  const messages = Array.isArray(request.body) ? request.body : [request.body];
  return messages.flatMap((message) => {
    const method = isObject(message) ? message['method'] : undefined;
    return typeof method === 'string' ? [method] : [];
  });
}

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
