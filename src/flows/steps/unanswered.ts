import { checked, cut } from '../checks/checked.js';
import { audiencesOf, decodeJwt } from '../checks/jwt.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import type { McpAnswer, McpConnection } from '../mcp/connection.js';
import { SPEC } from '../specification/spec.js';
import { type Challenged, readChallenge } from './challenge.js';
import { needsMoreScope, operationOf, type TokenRefusal, tokenRefusalOf } from './token-refusal.js';

/** A request to the MCP server was not answered, and could be with another token. */
export type Unanswered =
  /** it was not sent with a token, and has to be */
  | { readonly kind: 'challenged'; readonly challenge: Challenged; readonly inWords: string }
  | {
      /** `insufficient`: it lacks scope; `no-longer-valid`: it was taken before, and now it is not */
      readonly kind: 'insufficient' | 'no-longer-valid';
      readonly refusal: TokenRefusal;
      readonly inWords: string;
    };

/**
 * Says of a request that was not answered what another token could do about it.
 *
 * @param connection undefined if the request was to open one
 * @throws FlowFailure if none could do anything
 */
export function whyUnanswered(
  context: StepContext,
  answer: Exclude<McpAnswer, { kind: 'result' }>,
  connection: McpConnection | undefined,
): Unanswered {
  if (answer.kind === 'failed') throw new FlowFailure(answer.reason);
  const refusal = tokenRefusalOf(answer.exchange);
  if (!refusal) return whyChallenged(context, answer.exchange);
  const inWords = `${refusal.operation} was answered with ${refusal.inWords}`;
  if (needsMoreScope(refusal)) return { kind: 'insufficient', refusal, inWords };
  if (refusal.response.status === 401 && connection) return { kind: 'no-longer-valid', refusal, inWords };
  const stranger = strangerInWords(refusal, context.plan.target);
  context.report([
    checked(
      'rs.token-accepted',
      refusal.response.status === 401 && stranger === undefined ? false : undefined,
      [refusal.inWords, stranger].filter(Boolean).join('; '),
    ),
  ]);
  throw new FlowFailure(
    `the server refuses the token that its own authorization server just issued: ${refusal.inWords}`,
  );
}

/** Why a token is none that this server has to take, if it says so itself. */
function strangerInWords({ token }: TokenRefusal, target: string): string | undefined {
  const jwt = decodeJwt(token);
  const audiences = jwt ? audiencesOf(jwt) : [];
  const { origin } = new URL(target);
  if (audiences.length === 0 || audiences.some((audience) => URL.parse(audience)?.origin === origin)) {
    return undefined;
  }
  return `the token is for ${cut(audiences.join(', '))}, so the server does well to refuse it`;
}

/** Some servers let everybody look around, and ask for a token where something is to be done. */
function whyChallenged(context: StepContext, exchange: HttpExchange): Unanswered {
  const status = exchange.response?.status;
  if (status !== 401) {
    throw new FlowFailure(
      `the server answered ${status} to a request without a token, after it answered others; it should be 401 with a` +
        ' challenge if it wants one',
    );
  }
  const operation = operationOf(exchange);
  context.decide(
    `Takes the answer to ${operation} as the challenge`,
    'the server answered without a token until here, and asks for one now',
    SPEC.errorHandling,
  );
  const inWords = `${operation} was answered with 401: it needs a token, though what came before did not`;
  return { kind: 'challenged', challenge: readChallenge(context, exchange), inWords };
}
