import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { SPEC } from '../../specification/spec.js';
import {
  challengeOf,
  inWords,
  isGood,
  registrationsIn,
  type SeenFlow,
  sentIn,
  statusOf,
  textOf,
} from '../seen-flow.js';
import { hasToken, isOfUse, methodsIn } from '../traits.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing of what becomes of a token. */
export const TOKEN_USE_FINDINGS: readonly FindingRule[] = [
  { id: 'token-then-silence', severity: 'problem', spec: null, look: tokenThenSilence },
  {
    id: 'token-rejected-after-fresh-login',
    severity: 'problem',
    spec: SPEC.bearerErrors,
    look: rejectedAfterLogin,
  },
  { id: 'jwt-outlives', severity: 'notice', spec: SPEC.revocation, look: outlives },
];

/** Good answers of the token endpoint that gave a token meant to be used. */
function tokensIn(seen: SeenFlow): readonly RecordedExchange[] {
  return seen
    .of('token-request')
    .filter((exchange) => isGood(exchange) && exchange.gave.access_token !== undefined)
    .filter(({ facts }) => facts.told_to_register === undefined);
}

function tokenThenSilence(context: FindingContext): Found | undefined {
  const { seen, ended, flow } = context;
  const issued = tokensIn(seen).at(-1);
  // A flow whose last exchanges were not kept says nothing of what came after.
  if (!ended || !issued || flow.omitted > 0 || flow.outcome === 'completed') return undefined;
  const after = seen.of('mcp').filter((exchange) => exchange.at >= issued.at && hasToken(exchange));
  if (after.some((exchange) => statusOf(exchange) === 401 || statusOf(exchange) === 403)) return undefined;
  const called = after.flatMap(methodsIn);
  if (called.some(isOfUse)) return undefined;
  const said = called.length === 0 ? 'never came with it' : `said ${called.join(', ')} and no more`;
  return {
    what: `a token was issued to ${context.program ?? 'the client'}, which ${said}`,
    evidence: [
      `the last token: ${inWords(issued)}`,
      after.length === 0
        ? 'no request with that token reached the MCP server'
        : `the last request with it: ${inWords(after.at(-1) ?? issued)}`,
      'what it often is: a firewall or proxy before the MCP server that refuses the client; a client that refuses the answer' +
        ' (its scope, token_type or issuer); or a client that failed on its own side after the login',
    ],
    who: 'client',
    change:
      'look for the error in the log of the client; then see whether its requests reach the MCP server from where it runs',
  };
}

/** Milliseconds after a login in which a refused token cannot have become old. */
const FRESH = 60_000;

function rejectedAfterLogin(context: FindingContext): Found | undefined {
  const { seen } = context;
  const issued = tokensIn(seen);
  const rejected = seen.of('mcp').findLast((exchange) => {
    if (statusOf(exchange) !== 401 || exchange.reason_code === 'token_void_on_purpose') return false;
    const token = exchange.brought.access_token;
    const from = issued.findLast(({ gave }) => gave.access_token === token && token !== undefined);
    return (
      from !== undefined &&
      exchange.at - from.at < Math.min(FRESH, livesFor(from)) &&
      !wasAccepted(seen, exchange)
    );
  });
  if (!rejected || wasTakenBack(seen, rejected)) return undefined;
  const registrations = [...context.earlier().map(({ seen: one }) => one), seen].flatMap(registrationsIn);
  const description = challengeOf(rejected)?.['error_description'];
  return {
    what: `the MCP server refused a token that had just been issued${registrations.length > 1 ? `; ${registrations.length} registrations so far: the token is refused, and registering again changes nothing` : ''}`,
    evidence: [
      inWords(rejected),
      ...(description === undefined ? [] : [`the MCP server says: ${description}`]),
      ...issued.slice(-1).map((exchange) => `the token came from ${inWords(exchange)}`),
    ],
    who: 'rs',
    change:
      'see why it refuses: another issuer or audience than it expects, keys that it has not read, or an introspection endpoint that does not know the token',
  };
}

/** A token that was good before is not refused for what it is: it was taken back, or the server forgot it. */
function wasAccepted(seen: SeenFlow, { at, brought }: RecordedExchange): boolean {
  return seen
    .of('mcp')
    .some((one) => one.at < at && isGood(one) && one.brought.access_token === brought.access_token);
}

function livesFor({ facts }: RecordedExchange): number {
  return (facts.expires_in ?? Infinity) * 1000;
}

/** Whether the token had been given back, or its client taken away, before it was refused. */
function wasTakenBack(seen: SeenFlow, { at }: RecordedExchange): boolean {
  return endsIn(seen).some((exchange) => exchange.at <= at);
}

function endsIn(seen: SeenFlow): readonly RecordedExchange[] {
  const deletions = seen.of('client-configuration').filter(({ request }) => request.method === 'DELETE');
  return [...seen.of('revocation'), ...deletions].filter(
    (exchange) => isGood(exchange) && textOf(sentIn(exchange), 'token_type_hint') !== 'refresh_token',
  );
}

function outlives(context: FindingContext): Found | undefined {
  const { seen } = context;
  const end = endsIn(seen).at(0);
  if (!end) return undefined;
  const revoked = end.meaning === 'revocation' ? end.brought.access_token : undefined;
  const used = seen
    .of('mcp')
    .findLast(
      (exchange) =>
        exchange.at > end.at + end.milliseconds &&
        hasToken(exchange) &&
        statusOf(exchange) < 400 &&
        statusOf(exchange) > 0 &&
        (revoked === undefined || exchange.brought.access_token === revoked) &&
        !tokensIn(seen).some(
          (one) => one.at > end.at && one.gave.access_token === exchange.brought.access_token,
        ),
    );
  if (!used) return undefined;
  return {
    what: `${clientInWords(context)} was served with a token that had been taken back`,
    evidence: [`taken back: ${inWords(end)}`, `served after that: ${inWords(used)}`],
    who: 'rs',
    change:
      'nothing, where tokens are verified by their signature: such a token lives until its exp, so let it be short; else ask by introspection',
  };
}
