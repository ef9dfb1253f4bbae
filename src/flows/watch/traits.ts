import type { RecordedExchange } from '../record/recorded-exchange.js';
import { challengeOf, errorOf, membersOf, textOf } from './seen-flow.js';

/** MCP methods that only open a connection: that they are answered does not show that a client gets to its tools. */
const HANDSHAKE = /^(?:initialize|ping|server\/discover|notifications\/.*|logging\/setLevel)$/;

/** Whether the server said no: any status from 400 on, or an error that a redirect brings back to the client. */
export function isRefused(exchange: RecordedExchange): boolean {
  return (exchange.response?.status ?? 400) >= 400 || errorOf(exchange) !== undefined;
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
export function lacksScope(exchange: RecordedExchange): boolean {
  const { meaning, response, facts } = exchange;
  if (meaning !== 'mcp' || response?.status !== 403) return false;
  return facts.missing_scopes !== undefined || challengeOf(exchange)?.['error'] === 'insufficient_scope';
}

/** Whether MCP did something for the client in it, other than to open the connection. */
export function isUse(exchange: RecordedExchange): boolean {
  if (exchange.meaning !== 'mcp' || isRefused(exchange)) return false;
  return methodsIn(exchange).some(isOfUse);
}

/** Whether an MCP method does more than to open the connection. */
export function isOfUse(method: string): boolean {
  return !HANDSHAKE.test(method);
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
    return textOf(membersOf(message), 'method') ?? [];
  });
}
