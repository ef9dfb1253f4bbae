import type { StepCheck } from '../context.js';
import { checked, cut } from './checked.js';
import { bitsEvidence, ENOUGH_BITS, possibleBits } from './entropy.js';

/** Parameters that belong to an authorization response. */
const OF_THE_ANSWER: readonly string[] = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];
const TOKENS: readonly string[] = ['access_token', 'id_token', 'refresh_token'];

/** What the form of the callback settles, whoever it is from. Names of parameters are evidence enough. */
export function checkCallbackForm(callback: URL): readonly StepCheck[] {
  const fragment = new URLSearchParams(callback.hash.slice(1));
  const inFragment = [...OF_THE_ANSWER, ...TOKENS].filter((name) => fragment.has(name));
  const tokens = TOKENS.filter((name) => fragment.has(name) || callback.searchParams.has(name));
  const twice = OF_THE_ANSWER.filter((name) => callback.searchParams.getAll(name).length > 1);
  return [
    checked(
      'as.response-in-query',
      inFragment.length === 0,
      inFragment.length === 0 ? 'nothing in the fragment' : `in the fragment: ${inFragment.join(', ')}`,
    ),
    checked(
      'as.no-front-channel-token',
      tokens.length === 0,
      tokens.length === 0 ? 'no token' : tokens.join(', '),
    ),
    checked(
      'as.response-parameters-once',
      twice.length === 0,
      twice.length === 0 ? 'each once' : `more than once: ${twice.join(', ')}`,
    ),
  ];
}

/** What the answer itself settles, once it is known to be from the right server. */
export function checkAnswer(parameters: URLSearchParams): readonly StepCheck[] {
  const code = parameters.get('code') ?? '';
  const error = parameters.get('error');
  const description = parameters.get('error_description') ?? '';
  return [
    checked(
      'as.code-or-error',
      (code !== '') !== (error !== null),
      `code ${code === '' ? 'missing' : 'present'}, error ${error === null ? 'missing' : cut(error)}`,
    ),
    checked(
      'as.code-entropy',
      code === '' ? undefined : possibleBits(code) >= ENOUGH_BITS,
      code === '' ? 'no code' : bitsEvidence('code', code),
    ),
    checked(
      'as.error-syntax',
      error === null ? undefined : /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/.test(error) && isErrorText(description),
      error === null ? 'no error' : cut(`${error} ${description}`),
    ),
  ];
}

function isErrorText(text: string): boolean {
  return /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/.test(text);
}
