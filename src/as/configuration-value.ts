import type * as z from 'zod';
import { ConfigurationError } from '../shared/configuration-error.js';

/**
 * Validates a part of the configuration.
 *
 * @param option the option that is named if the value is wrong; without it the first step of the path is
 * @throws ConfigurationError with one line for the first thing that is wrong; it never repeats a value
 */
export function parseConfigured<T>(schema: z.ZodType<T>, value: unknown, option?: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path ?? [];
  const message = issue?.message ?? 'is not valid';
  if (option !== undefined) throw new ConfigurationError(option, `${pathText(path)}${message}`);
  throw new ConfigurationError(String(path[0] ?? 'options'), `${pathText(path.slice(1))}${message}`);
}

/** `[0].redirect_uris[1]: `, or nothing for an empty path. */
function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '';
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return `${steps.join('').replace(/^\./, '')}: `;
}
