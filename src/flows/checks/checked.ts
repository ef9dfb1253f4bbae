import { isLoopbackHost } from '../../shared/http/loopback.js';
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

/** A member of a JSON document as evidence. */
export function memberEvidence(name: string, value: unknown): string {
  return `${name}: ${cut(JSON.stringify(value) ?? 'missing')}`;
}

/** A text for an evidence, cut at 200 characters. */
export function cut(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}

/** Whether a text is an absolute URL that is safe from eavesdroppers: https, or on this machine. */
export function isSecureUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
}

/** The names of the members that are lists without elements. */
export function emptyMembers(document: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(document).filter((name) => {
    const value = document[name];
    return Array.isArray(value) && value.length === 0;
  });
}

/** Whether caches must leave a response alone. */
export function isNoStore(headers: Headers): boolean {
  return (headers.get('cache-control') ?? '')
    .toLowerCase()
    .split(',')
    .some((directive) => directive.trim() === 'no-store');
}
