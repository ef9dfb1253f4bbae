import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { parseJson } from '../../shared/http/json.js';

/** Both sides of the first separator; the second is undefined where there is none. */
export function splitAtFirst(separator: string, value: string): [string, string | undefined] {
  const at = value.indexOf(separator);
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
}

/** The same for the last separator behind the scheme of a URL. */
function splitUrlAtLast(separator: string, value: string): [string, string | undefined] {
  const at = value.lastIndexOf(separator);
  return at <= value.indexOf('://') ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
}

/**
 * `id:secret`; an id that is a URL ends at the last colon. The value itself is never in the error, since it is a secret.
 *
 * @throws ConfigurationError if a side is missing
 */
export function parseCredentials(flag: string, value: string): { id: string; secret: string } {
  const split = /^https?:\/\//.test(value) ? splitUrlAtLast : splitAtFirst;
  const [id, secret] = split(':', value);
  if (id === '' || secret === undefined || secret === '') {
    throw new ConfigurationError(
      flag,
      'needs two parts with a colon between them, both not empty, as in name:secret',
    );
  }
  return { id, secret };
}

/**
 * What is in a file.
 *
 * @throws ConfigurationError that names the file and why it can't be read
 */
export function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigurationError(flag, `cannot read ${path} (${code})`);
  }
}

/**
 * A file that holds a JSON array; what is in it is for the server to validate.
 *
 * @throws ConfigurationError that names the file and what is wrong with it
 */
export function readJsonFile(flag: string, path: string): unknown[] {
  const text = readText(flag, path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser quotes what it stumbled over, which may be a password: only the place is told.
    const place = error instanceof Error ? /position \d+/.exec(error.message)?.[0] : undefined;
    throw new ConfigurationError(flag, `${path} is not JSON${place ? ` (see ${place})` : ''}`);
  }
  if (!Array.isArray(value)) throw new ConfigurationError(flag, `${path} must hold a JSON array`);
  return value;
}

/**
 * A flag's value that is a JSON object.
 *
 * @throws ConfigurationError if it is none
 */
export function jsonObject(flag: string, text: string): Record<string, unknown> {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new ConfigurationError(flag, `must be a JSON object, as in --${flag} '{"city":"Bern"}'`);
}
