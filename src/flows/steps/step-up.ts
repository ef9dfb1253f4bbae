import { formatScope, missingScopes, parseScope } from '../../shared/oauth/scope.js';
import { checked } from '../checks/checked.js';
import { checkScopeChallenge } from '../checks/step-up.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import type { TokenRefusal } from './token-refusal.js';

/**
 * So often a client asks for more scope for one request. A server that names all it needs at once is served by the
 * first; a second one forgives a server that names one after the other. With the token that the client had to begin
 * with, its user is asked three times at most.
 */
const MAX_STEP_UPS = 2;

/** Why more scope is needed, and what was asked for until now. */
export interface StepUpInput {
  readonly refusal: TokenRefusal;
  /** what the token was asked for; undefined if nothing was */
  readonly asked: string | undefined;
  /** what the token response said of it */
  readonly granted: string | undefined;
  /** all that the resource lists, for a challenge that names none */
  readonly supported: readonly string[] | undefined;
  /** how often more was asked for already because of this request */
  readonly before: number;
}

/**
 * The scope to ask for so that a request that was refused is answered: what was asked for and granted until now, and
 * what the challenge names.
 *
 * @throws FlowFailure if asking again would end the same way
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#step-up-authorization-flow MCP, step-up authorization flow}
 */
export function widenScope(context: StepContext, input: StepUpInput): string {
  const { refusal, before } = input;
  const { response, challenge, operation } = refusal;
  if (challenge) context.report(checkScopeChallenge(response, challenge, before > 0));
  const { stepUp, revision } = context.rules;
  if (stepUp === 'nothing') {
    throw new FlowFailure(
      `${operation} needs more scope (${refusal.inWords}), and a client of MCP ${revision} knows no way to ask for it;` +
        ' --scope asks for it from the beginning',
    );
  }
  const asked = tokensOf(input.asked);
  const granted = tokensOf(input.granted);
  const had = [...new Set([...asked, ...granted])];
  const named = tokensOf(challenge?.parameters['scope']);
  const needed = named.length > 0 ? named : (input.supported ?? []);
  const missing = missingScopes(needed, had);
  if (missing.length === 0) throw nothingToAdd(context, { operation, needed, granted });
  if (before >= MAX_STEP_UPS) {
    throw new FlowFailure(
      `${operation} needs more scope still (${formatScope(missing)}), after the user was asked ${MAX_STEP_UPS} times` +
        ' for more; a client gives up here, so that nobody is sent around in circles',
    );
  }
  const kept = stepUp === 'union' ? had : [];
  const scope = formatScope([...new Set([...kept, ...needed])]);
  context.decide(
    `Asks again, for the scope "${scope}"`,
    `${operation} needs ${formatScope(missing)}` +
      (named.length > 0 ? '' : ' (the challenge names none, so all that the resource lists is meant)') +
      (stepUp === 'union'
        ? had.length > 0
          ? `; what the token was asked for before (${formatScope(had)}) stays, so that nothing is lost that works now`
          : '; nothing was asked for before'
        : `; in MCP ${revision} what the challenge names is all there is to ask for`),
    SPEC.stepUp,
  );
  context.decide(
    `Repeats ${operation} afterwards, at try ${before + 2} of ${MAX_STEP_UPS + 1}`,
    'a server that is never content must not keep its user signing in',
    SPEC.stepUp,
  );
  return scope;
}

/** Everything that the challenge names was asked for already. */
function nothingToAdd(
  context: StepContext,
  {
    operation,
    needed,
    granted,
  }: { operation: string; needed: readonly string[]; granted: readonly string[] },
): FlowFailure {
  const scope = formatScope(needed);
  const refused = missingScopes(needed, granted);
  if (refused.length > 0) {
    return new FlowFailure(
      `${operation} needs the scope ${formatScope(refused)}, which was asked for and which the authorization server` +
        ' did not grant: the user, the client or the server there has to allow it',
    );
  }
  context.report([
    checked('rs.scope-challenge-sufficient', false, `${operation} needs "${scope}", and the token has it`),
  ]);
  return new FlowFailure(
    needed.length === 0
      ? `${operation} was refused for lack of scope, and the server does not say which scope it needs`
      : `${operation} was refused for lack of the scope "${scope}", which the token has; asking for it again would` +
          ' change nothing, so a client gives up here',
  );
}

/** What is no scope is left out: it could not be asked for. */
function tokensOf(scope: string | undefined): readonly string[] {
  return (scope ?? '').split(' ').flatMap((token) => parseScope(token) ?? []);
}
