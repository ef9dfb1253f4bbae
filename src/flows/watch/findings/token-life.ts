import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { SPEC } from '../../specification/spec.js';
import { answeredIn, inWords, isGood, lifeOf, loginsIn, tokenRequestsIn } from '../seen-flow.js';
import { VSCODE_REFRESHES_BELOW } from './known-behaviour.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing of how long tokens live. */
export const TOKEN_LIFE_FINDINGS: readonly FindingRule[] = [
  { id: 'refresh-on-every-call', severity: 'problem', spec: SPEC.shortLived, look: refreshOnEveryCall },
  {
    id: 'no-refresh-token-short-life',
    severity: 'problem',
    spec: SPEC.refreshTokens,
    look: noRefreshTokenShortLife,
  },
  { id: 'login-again-after-expiry', severity: 'notice', spec: SPEC.refreshTokens, look: loginAgain },
];

function hasRefreshToken(exchange: RecordedExchange): boolean {
  return exchange.gave.refresh_token !== undefined || answeredIn(exchange)['refresh_token'] !== undefined;
}

/** Requests that gave a token, in order. */
function issuesIn({ seen }: FindingContext): readonly RecordedExchange[] {
  return seen.of('token-request').filter((exchange) => isGood(exchange) && lifeOf(exchange) !== undefined);
}

/** Refreshes in the first half of the life of the token that they replace, and the lives of those tokens. */
function earlyRefreshes(context: FindingContext): readonly RecordedExchange[] {
  const issues = issuesIn(context);
  const refreshes = new Set(tokenRequestsIn(context.seen, 'refresh_token'));
  return issues.filter((exchange, index) => {
    const before = issues[index - 1];
    if (!before || !refreshes.has(exchange)) return false;
    return exchange.at - before.at < ((lifeOf(before) ?? 0) * 1000) / 2;
  });
}

function refreshOnEveryCall(context: FindingContext): Found | undefined {
  const early = earlyRefreshes(context);
  const last = issuesIn(context).at(-1);
  if (!last) return undefined;
  const life = lifeOf(last) ?? Infinity;
  const byRule = context.program === 'VS Code' && life <= VSCODE_REFRESHES_BELOW && hasRefreshToken(last);
  if (!byRule && early.length < 2) return undefined;
  const short = life <= VSCODE_REFRESHES_BELOW;
  return {
    what: byRule
      ? `VS Code refreshes where less than ${VSCODE_REFRESHES_BELOW} s remain, so at every call: tokens live for ${life} s here`
      : `${clientInWords(context)} refreshes long before its token ends`,
    evidence: [
      `expires_in is ${life} at ${inWords(last)}`,
      `${early.length} of the refreshes seen came in the first half of the token's life`,
    ],
    who: short ? 'as' : 'client',
    change: short
      ? 'let access tokens live for 600 s or more'
      : 'refresh when the token is about to end, or has been refused',
  };
}

function noRefreshTokenShortLife(context: FindingContext): Found | undefined {
  const last = loginsIn(context.seen).at(-1);
  const life = last && lifeOf(last);
  if (!last || life === undefined || life > VSCODE_REFRESHES_BELOW || hasRefreshToken(last)) return undefined;
  if (last.facts.told_to_register !== undefined) return undefined;
  const vscode = context.program === 'VS Code';
  return {
    severity: vscode ? 'problem' : 'notice',
    what: `the token lives for ${life} s, and there is no refresh token${
      vscode
        ? ': VS Code throws such a token away at once, and asks its user again and again'
        : ': the user must sign in again after that'
    }`,
    evidence: [inWords(last), `expires_in is ${life}`, 'no refresh_token came with it'],
    who: 'as',
    change:
      'issue a refresh token (clients may have to ask for offline_access), or tokens that live for 600 s or more',
  };
}

function loginAgain(context: FindingContext): Found | undefined {
  const now = loginsIn(context.seen).at(0);
  if (!now) return undefined;
  const before = context
    .earlier()
    .flatMap(({ seen }) => loginsIn(seen))
    .findLast((exchange) => exchange.at < now.at);
  const life = before && lifeOf(before);
  if (!before || life === undefined || hasRefreshToken(before) || before.facts.told_to_register)
    return undefined;
  if (before.brought.client_id !== now.brought.client_id || now.at - before.at < life * 1000)
    return undefined;
  return {
    what: `the user had to sign in again, since the token had ended after ${life} s and there was no refresh token`,
    evidence: [
      `the token before: ${inWords(before)}, expires_in ${life}, no refresh_token`,
      `${Math.round((now.at - before.at) / 1000)} s later: ${inWords(now)}`,
    ],
    who: 'as',
    change:
      'offer offline_access or issue a refresh token, and let clients register for the refresh_token grant',
  };
}
