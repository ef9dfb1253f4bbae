import type { RuleInput } from './input.js';
import { readLoginHint } from './login-hint.js';
import { checkMaxAge } from './max-age.js';
import { checkPkce } from './pkce.js';
import { checkPrompt } from './prompt.js';
import { checkResource } from './resource.js';
import { checkResponseMode } from './response-mode.js';
import { checkResponseType } from './response-type.js';
import { checkScope } from './scope.js';
import { checkState } from './state.js';

export { checkClient } from './client.js';
export { isEchoable } from './state.js';

/**
 * The rules that an authorization request has to pass once client and redirect URI are known to be good, in their order;
 * the first that is broken is what the client is told.
 *
 * @throws OAuthError that may go to the redirect URI
 */
export function checkRequest(input: RuleInput) {
  checkResponseType(input);
  checkResponseMode(input);
  const state = checkState(input);
  const code_challenge = checkPkce(input);
  const scope = checkScope(input);
  const { resource, defaulted, unknown } = checkResource(input);
  const prompt = checkPrompt(input);
  const max_age = checkMaxAge(input);
  const login_hint = readLoginHint(input);
  return { state, code_challenge, scope, resource, defaulted, unknown, prompt, max_age, login_hint };
}
