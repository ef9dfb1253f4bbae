import type { RecordedExchange } from '../../record/recorded-exchange.js';
import type { FlowStep, FlowStepId } from '../../trace/trace.js';
import type { WatchedFlow } from '../watched-flow.js';
import { authorizationAnswerOf } from './authorization-answer.js';
import { answerOf, membersOf, textOf, textsOf } from './messages.js';
import type { Stretch } from './stretches.js';

/** How a step ended, as far as the servers saw it. */
export type StepEnding = Pick<FlowStep, 'outcome' | 'reason'>;

/**
 * How a step ended: done if it brought what it is there for. The last one of a flow that still goes on may yet bring it.
 *
 * @param stretch what was seen of the step
 * @param rest what of the flow came after it
 */
export function endingOf(stretch: Stretch, rest: readonly Stretch[], flow: WatchedFlow): StepEnding {
  const brought = GAINS[stretch.id](stretch, rest, flow);
  if (brought !== undefined) return { outcome: 'done', reason: brought };
  const isLast = rest.length === 0;
  if (isLast && flow.outcome === undefined) return { outcome: 'under-way', reason: waitingFor(stretch) };
  const told = isLast && flow.outcome === 'failed' ? flow.reason : undefined;
  return { outcome: 'failed', reason: told ?? refusalIn(stretch, flow) };
}

/** What a step brought, in short; undefined as long as it is nothing. */
type Gain = (stretch: Stretch, rest: readonly Stretch[], flow: WatchedFlow) => string | undefined;

const GAINS: Readonly<Record<FlowStepId, Gain>> = {
  challenge: fromLast(({ response }) => {
    if (response?.status === 401 || response?.status === 403) return `asked for a token (${response.status})`;
    return response && response.status < 300 ? 'answered without a token' : undefined;
  }),
  'resource-metadata': fromLast((exchange) => {
    const answer = answerOf(exchange);
    return (
      answer && `authorization server ${textsOf(answer['authorization_servers']).join(', ') || 'not named'}`
    );
  }),
  'authorization-server-metadata': fromLast((exchange) => {
    const answer = answerOf(exchange);
    return answer && `issuer ${textOf(answer['issuer']) ?? 'not named'}`;
  }),
  registration: fromLast((exchange) => {
    const answer = answerOf(exchange);
    return answer && `client_id ${textOf(answer['client_id']) ?? 'not named'}`;
  }),
  authorization: fromLast((exchange, flow) => answerInWords(exchange, flow)),
  callback: (_stretch, rest) =>
    rest.some(({ linked }) => linked.some(({ exchange }) => exchange.meaning === 'token-request'))
      ? 'the token request shows that the code came'
      : undefined,
  token: fromLast(tokenInWords),
  'mcp-call': fromLast((exchange) =>
    exchange.meaning === 'mcp' && isAnswered(exchange) ? callInWords(exchange) : undefined,
  ),
  'step-up': fromLast((exchange, flow) => tokenInWords(exchange) ?? answerInWords(exchange, flow)),
  refresh: fromLast(tokenInWords),
  'cross-origin': fromLast((exchange) => (isAnswered(exchange) ? 'answered' : undefined)),
  revocation: fromLast((exchange) => (isAnswered(exchange) ? 'the tokens are void' : undefined)),
  'clean-up': fromLast((exchange) => (isAnswered(exchange) ? 'answered' : undefined)),
};

/** The gain of the last exchange that had one. */
function fromLast(gain: (exchange: RecordedExchange, flow: WatchedFlow) => string | undefined): Gain {
  return ({ linked }, _rest, flow) =>
    linked
      .toReversed()
      .map(({ exchange }) => gain(exchange, flow))
      .find((one) => one !== undefined);
}

function isAnswered({ response }: RecordedExchange): boolean {
  return response !== null && response.status < 400;
}

function answerInWords(exchange: RecordedExchange, { exchanges }: WatchedFlow): string | undefined {
  const answer = authorizationAnswerOf(exchange, exchanges);
  return answer?.parameters.has('code') ? 'the browser was sent back with a code' : undefined;
}

function tokenInWords(exchange: RecordedExchange): string | undefined {
  if (exchange.gave.access_token === undefined || !answerOf(exchange)) return undefined;
  const { expires_in: seconds, scope } = exchange.facts;
  return [
    'access token',
    ...(scope === undefined ? [] : [`with the scope "${scope}"`]),
    ...(seconds === undefined ? [] : [`for ${seconds} s`]),
  ].join(' ');
}

function callInWords({ facts }: RecordedExchange): string {
  const calls = (facts.mcp ?? []).map(({ method, name }) =>
    name === undefined ? method : `${method} ${name}`,
  );
  return calls.length === 0 ? 'answered' : `${calls.join(', ')} answered`;
}

function waitingFor({ id, linked }: Stretch): string {
  if (id === 'callback')
    return 'the browser was sent back with a code; nothing came to the token endpoint yet';
  const last = linked.at(-1)?.exchange;
  const isPage = last?.from === 'browser' && last.response?.status === 200;
  return isPage ? 'a page waits for its user' : 'the client may still go on';
}

/** Why a step failed, by the last refusal in it. */
function refusalIn({ id, linked }: Stretch, { exchanges }: WatchedFlow): string {
  if (id === 'callback') return 'the browser was sent back with a code, and no token request followed';
  const last = linked.at(-1)?.exchange;
  if (last === undefined) return 'nothing was seen of it';
  const answer = authorizationAnswerOf(last, exchanges);
  const status = last.response === null ? (last.error ?? 'no answer') : String(last.response.status);
  const error = answer?.parameters.get('error') ?? errorIn(last);
  const what = [...new Set([error, last.reason_code ?? undefined])].filter((one) => one !== undefined);
  if (last.from === 'browser' && what.length === 0) return 'the browser was not sent back to the client';
  return what.length === 0 ? `the last answer was ${status}` : `${what.join(', ')} (${status})`;
}

function errorIn({ response }: RecordedExchange): string | undefined {
  return textOf(membersOf(response?.body)['error']);
}
