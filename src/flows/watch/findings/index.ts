import type { Finding } from '../../trace/watched-facts.js';
import type { FlowHistory } from '../flow-so-far.js';
import { AUTHORIZATION_FINDINGS } from './authorization.js';
import { DISCOVERY_FINDINGS } from './discovery.js';
import { IDENTIFIER_FINDINGS } from './identifiers.js';
import { REGISTRATION_FINDINGS } from './registration.js';
import { type FindingRule, findingContext, type JudgedFlow } from './rule.js';
import { SCOPE_FINDINGS } from './scope.js';
import { TOKEN_LIFE_FINDINGS } from './token-life.js';
import { TOKEN_FINDINGS } from './token.js';
import { TOKEN_USE_FINDINGS } from './token-use.js';
import { UNKNOWN_CLIENT_FINDINGS } from './unknown-client.js';

/** All that is looked for, in the order of a flow's steps; `docs/findings.md` tells of each. */
export const FINDING_RULES: readonly FindingRule[] = [
  ...DISCOVERY_FINDINGS,
  ...IDENTIFIER_FINDINGS,
  ...REGISTRATION_FINDINGS,
  ...UNKNOWN_CLIENT_FINDINGS,
  ...AUTHORIZATION_FINDINGS,
  ...TOKEN_FINDINGS,
  ...TOKEN_LIFE_FINDINGS,
  ...TOKEN_USE_FINDINGS,
  ...SCOPE_FINDINGS,
];

const MAX_EVIDENCE = 6;

/**
 * What the people of a flow want to know, by what was seen so far. What is found may go away as the flow goes on.
 *
 * @param flow with its client and its route
 * @param history what came before it
 * @returns problems first
 */
export function findingsOf(flow: JudgedFlow, history: FlowHistory): readonly Finding[] {
  const context = findingContext(flow, history);
  const findings = FINDING_RULES.flatMap(({ id, severity, spec, look }): readonly Finding[] => {
    const found = look(context);
    if (!found) return [];
    return [
      {
        id,
        severity: found.severity ?? severity,
        what: found.what,
        evidence: bounded(found.evidence),
        who: found.who,
        change: found.change,
        spec: spec && { title: spec.title, url: spec.url },
      },
    ];
  });
  return findings.toSorted((one, other) => weight(one) - weight(other));
}

function weight({ severity }: Finding): number {
  return severity === 'problem' ? 0 : 1;
}

function bounded(evidence: readonly string[]): string[] {
  if (evidence.length <= MAX_EVIDENCE) return [...evidence];
  const more = evidence.length - MAX_EVIDENCE;
  return [...evidence.slice(0, MAX_EVIDENCE), `and ${more} more`];
}
