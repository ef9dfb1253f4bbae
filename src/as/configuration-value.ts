import type * as z from 'zod';
import { ConfigurationError } from '../shared/configuration-error.js';
import { printable } from '../shared/printable.js';

/**
 * Validates a part of the configuration.
 *
 * @param option the option that is named if the value is wrong; without it the first step of the path is
 * @throws ConfigurationError with one line for the first thing that is wrong. It repeats a value only where that is a
 *   text in a list of the options, as of a repeatable flag: those are no secrets, and their number tells nothing
 */
export function parseConfigured<T>(schema: z.ZodType<T>, value: unknown, option?: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  const message = issue?.message ?? 'is not valid';
  if (option !== undefined) throw new ConfigurationError(option, `${pathText(path)}${message}`);
  const place = textInList(path, value) ?? pathText(path.slice(1));
  throw new ConfigurationError(String(path[0] ?? 'options'), `${place}${message}`);
}

/** `"EXAMPLE.com" `, or undefined for what is not one text of an option that is a list. */
function textInList([option, at, ...deeper]: readonly PropertyKey[], options: unknown): string | undefined {
  if (typeof at !== 'number' || deeper.length > 0 || typeof options !== 'object' || options === null)
    return undefined;
  const list: unknown = Object.entries(options).find(([name]) => name === option)?.[1];
  const text: unknown = Array.isArray(list) ? list[at] : undefined;
  if (typeof text !== 'string') return undefined;
  // A URL may bring a password along.
  const shown = text.replace(/\/\/[^/?#]*@/, '//…@');
  return `"${printable(shown, 80)}" `;
}

/** `[0].redirect_uris[1]: `, or nothing for an empty path. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '';
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return `${steps.join('').replace(/^\./, '')}: `;
}
