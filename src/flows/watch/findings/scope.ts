import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { SPEC } from '../../specification/spec.js';
import { challengeOf, inWords, loginsIn, sentIn, textOf } from '../seen-flow.js';
import { lacksScope } from '../traits.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing of a client that needs more scope. */
export const SCOPE_FINDINGS: readonly FindingRule[] = [
  { id: 'step-up-loop', severity: 'problem', spec: SPEC.stepUp, look: stepUpLoop },
  { id: 'scope-not-widened', severity: 'problem', spec: SPEC.stepUp, look: scopeNotWidened },
];

function lacking({ seen }: FindingContext): readonly RecordedExchange[] {
  return seen.of('mcp').filter(lacksScope);
}

/** What a token lacks, by our own server; of others, all that the challenge names. */
function wantedBy(exchange: RecordedExchange): readonly string[] {
  return exchange.facts.missing_scopes ?? words(challengeOf(exchange)?.['scope']);
}

function words(scope: string | undefined): readonly string[] {
  return (scope ?? '').split(' ').filter((word) => word !== '');
}

/** The same scope is missing from one token after the other. */
function stepUpLoop(context: FindingContext): Found | undefined {
  const refused = lacking(context);
  const tokens = new Map<string, Set<string>>();
  for (const exchange of refused) {
    const wanted = wantedBy(exchange).toSorted().join(' ');
    const of = tokens.get(wanted) ?? new Set<string>();
    tokens.set(wanted, of.add(exchange.brought.access_token ?? ''));
  }
  const [looping] = [...tokens].filter(([, of]) => of.size > 1);
  if (!looping) return undefined;
  const [scope, of] = looping;
  return {
    what: `${clientInWords(context)} came ${of.size} times with a new token that lacks ${scope === '' ? 'the same scope' : scope}`,
    evidence: [...refused.map(inWords), ...askedScopes(context)],
    who: 'client',
    change:
      'ask for what the token has together with what the challenge names, and give up after a few attempts; servers that name all scopes in the first challenge spare the step',
  };
}

function askedScopes({ seen }: FindingContext): readonly string[] {
  return seen
    .of('authorization-request')
    .filter(({ brought }) => brought.state !== undefined || brought.client_id !== undefined)
    .map((exchange) => `asked for scope ${textOf(sentIn(exchange), 'scope') ?? '(none)'}`);
}

/** The client signed its user in again, without asking for what was missing. */
function scopeNotWidened(context: FindingContext): Found | undefined {
  const [first] = lacking(context);
  if (!first) return undefined;
  const missing = wantedBy(first);
  const next = context.seen
    .of('authorization-request')
    .find((exchange) => exchange.at > first.at && exchange.brought.client_id !== undefined);
  const refresh = loginsIn(context.seen).some(({ at }) => at > first.at);
  if (!next || missing.length === 0) return undefined;
  const asked = words(textOf(sentIn(next), 'scope'));
  const forgotten = missing.filter((scope) => !asked.includes(scope));
  if (forgotten.length === 0) return undefined;
  return {
    what: `${clientInWords(context)} asked its user again, but not for ${forgotten.join(' ')}, which its token lacked`,
    evidence: [
      inWords(first),
      `then ${inWords(next)} with scope ${asked.join(' ') || '(none)'}`,
      ...(refresh ? ['a login without the scope came of it'] : []),
    ],
    who: 'client',
    change: 'take the scope that the 403 names into the next authorization request',
  };
}
