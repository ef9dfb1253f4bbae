import type { StepCheck } from '../context.js';
import { type CheckId, RULES } from './rules/index.js';

/** The status of a rule that is not met. */
const BROKEN = { MUST: 'fail', SHOULD: 'warn', MAY: 'skip' } as const;

/**
 * Holds one rule against what was seen.
 *
 * @param met undefined if nothing was seen that settles it
 * @param evidence what was seen
 */
export function checked(id: CheckId, met: boolean | undefined, evidence: string): StepCheck {
  const { level, rule, remedy, spec } = RULES[id];
  const status = met === undefined ? 'skip' : met ? 'pass' : BROKEN[level];
  return { id, level, status, rule, evidence, remedy, spec };
}

/** A header as evidence. */
export function headerEvidence(headers: Headers, name: string): string {
  const value = headers.get(name);
  return value === null ? `no ${name} header` : `${name}: ${value}`;
}

/** Whether caches must leave a response alone. */
export function isNoStore(headers: Headers): boolean {
  return (headers.get('cache-control') ?? '')
    .toLowerCase()
    .split(',')
    .some((directive) => directive.trim() === 'no-store');
}
