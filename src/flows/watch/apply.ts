import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { FlowStepId } from '../trace/trace.js';
import { type Attempt, lastStepOf } from './attempt.js';
import { originOf } from './origin.js';
import { answeredIn, errorOf, textOf } from './seen-flow.js';
import { hasToken, isBearerRefused, isRefused, isToolCall, isUse, lacksScope } from './traits.js';

/** The step of a flow that an exchange is part of. */
export function stepOf(exchange: RecordedExchange, attempt: Attempt): FlowStepId {
  const { meaning, request, facts, brought } = exchange;
  switch (meaning) {
    case 'resource-metadata':
    case 'authorization-server-metadata':
    case 'registration':
    case 'revocation':
      return meaning;
    case 'client-configuration':
      return request.method === 'DELETE' ? 'clean-up' : 'registration';
    case 'authorization-request':
    case 'sign-in':
      return attempt.stepUp ? 'step-up' : 'authorization';
    case 'token-request':
      if (brought.refresh_token !== undefined || facts.grant_type === 'refresh_token') return 'refresh';
      return attempt.stepUp ? 'step-up' : 'token';
    case 'misdirected':
      return misdirectedStep(request.url);
    case 'lever':
      return lastStepOf(attempt) ?? 'challenge';
    default:
      return isCall(exchange, attempt) ? 'mcp-call' : 'challenge';
  }
}

/** A request to MCP with a token that is good, or was; or one that did something without. */
function isCall(exchange: RecordedExchange, { had }: Attempt): boolean {
  if (exchange.meaning === 'mcp' && !hasToken(exchange)) return isUse(exchange);
  return !isRefused(exchange) || had.has('token') || had.has('accepted');
}

function misdirectedStep(url: string): FlowStepId {
  const path = URL.parse(url)?.pathname ?? '';
  if (path.includes('oauth-protected-resource')) return 'resource-metadata';
  if (path.includes('/.well-known/')) return 'authorization-server-metadata';
  if (path.startsWith('/register')) return 'registration';
  if (path.startsWith('/token')) return 'token';
  return path.startsWith('/revoke') ? 'revocation' : 'authorization';
}

/** Takes up into an attempt what an exchange means for it. Its place among the others is not looked at. */
export function apply(attempt: Attempt, exchange: RecordedExchange): void {
  const { at, milliseconds, from } = exchange;
  attempt.startedAt = Math.min(attempt.startedAt, at);
  // Its client has done nothing by that, and may not be there any more.
  if (exchange.meaning === 'lever') return;
  attempt.updatedAt = Math.max(attempt.updatedAt, at + milliseconds);
  if (from === 'client') attempt.origin ??= originOf(exchange);
  if (from === 'rs' || exchange.meaning === 'preflight') return;
  EFFECTS[exchange.meaning]?.(attempt, exchange);
}

/**
 * Where the MCP server itself is not seen: that it asked about a token, and was told that it is good, shows that its client
 * came with it.
 */
export function applyUnseenUse(attempt: Attempt, { meaning, facts, at }: RecordedExchange): void {
  if (meaning !== 'introspection' || facts.active !== true) return;
  attempt.had.add('accepted');
  attempt.tokenLastUsedAt = Math.max(attempt.tokenLastUsedAt ?? 0, at);
  conclude(attempt, 'completed');
}

type Effect = (attempt: Attempt, exchange: RecordedExchange) => void;

const EFFECTS: Readonly<Partial<Record<RecordedExchange['meaning'], Effect>>> = {
  mcp: applyMcp,
  'resource-metadata': (attempt, exchange) => {
    if (!isRefused(exchange)) attempt.had.add('resource-metadata');
  },
  'authorization-server-metadata': (attempt, exchange) => {
    if (isRefused(exchange)) return;
    attempt.had.add('authorization-server-metadata');
    attempt.issuer = textOf(answeredIn(exchange), 'issuer') ?? attempt.issuer;
  },
  registration: (attempt, exchange) => {
    if (exchange.request.method !== 'POST') return;
    if (isRefused(exchange)) return refuse(attempt, exchange);
    attempt.had.add('registration');
    goOn(attempt);
  },
  'authorization-request': (attempt, exchange) => {
    attempt.had.add('authorization');
    applyPage(attempt, exchange);
    if (isRefused(exchange)) refuse(attempt, exchange);
    else if (!attempt.stepUp) goOn(attempt);
  },
  'sign-in': applyPage,
  'token-request': applyToken,
};

function applyMcp(attempt: Attempt, exchange: RecordedExchange): void {
  const url = URL.parse(exchange.request.url);
  attempt.target ??= url === null ? undefined : `${url.origin}${url.pathname}`;
  if (!hasToken(exchange)) {
    attempt.had.add('challenge');
    if (isToolCall(exchange)) conclude(attempt, 'not-protected');
    return;
  }
  attempt.stepUp ||= lacksScope(exchange);
  if (isRefused(exchange)) {
    if (isBearerRefused(exchange) && isAboutNow(attempt, exchange)) {
      refuse(attempt, exchange);
      attempt.bearerRefused = true;
    }
    if (!attempt.had.has('token')) attempt.had.add('challenge');
    return;
  }
  attempt.had.add('accepted');
  attempt.token ??= exchange.brought.access_token;
  attempt.tokenLastUsedAt = Math.max(attempt.tokenLastUsedAt ?? 0, exchange.at);
  if (!attempt.stepUp) goOn(attempt);
  if (isUse(exchange)) conclude(attempt, 'completed');
}

/** A request under way while its token was refreshed comes back with a refusal that means nothing any more. */
function isAboutNow({ token }: Attempt, { brought }: RecordedExchange): boolean {
  return token === undefined || brought.access_token === undefined || token === brought.access_token;
}

function applyPage(attempt: Attempt, exchange: RecordedExchange): void {
  if (exchange.gave.code !== undefined) attempt.had.add('code');
  if (errorOf(exchange) !== 'access_denied') return;
  refuse(attempt, exchange);
  conclude(attempt, 'failed', 'the user did not allow it');
}

function applyToken(attempt: Attempt, exchange: RecordedExchange): void {
  if (isRefused(exchange)) return refuse(attempt, exchange);
  attempt.had.add('token');
  if (exchange.brought.code !== undefined) attempt.had.add('code');
  if (exchange.gave.refresh_token !== undefined) attempt.had.add('refresh-token');
  attempt.token = exchange.gave.access_token ?? exchange.brought.access_token;
  attempt.stepUp = false;
  goOn(attempt);
}

function refuse(attempt: Attempt, exchange: RecordedExchange): void {
  attempt.refusal = exchange;
}

function goOn(attempt: Attempt): void {
  attempt.refusal = undefined;
  attempt.bearerRefused = false;
}

/** Says what an attempt came to. One that was given up and goes on after all may still complete. */
export function conclude(
  attempt: Attempt,
  outcome: 'completed' | 'failed' | 'not-protected',
  reason?: string,
): void {
  if (attempt.outcome === 'completed' || (attempt.outcome !== undefined && outcome === 'failed')) return;
  attempt.outcome = outcome;
  attempt.reason = reason;
}
