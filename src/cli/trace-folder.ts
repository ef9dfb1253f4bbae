import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../shared/configuration-error.js';

/** A folder into which traces are written. */
export interface TraceFolder {
  /**
   * Writes a trace, for its owner to read. The same name is written again in the same place; a file of an earlier time is
   * left alone, and the new one gets a number.
   *
   * @param name without its ending; whatever is not fit for a file name is replaced
   * @returns the path
   */
  put(name: string, text: string): Promise<string>;
}

/** Nobody has so many traces of one name. */
const MOST_OF_A_NAME = 10_000;

/**
 * The folder of `--save`; it is made if it is not there.
 *
 * @throws ConfigurationError if it cannot be
 */
export async function traceFolder(path: string): Promise<TraceFolder> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    if (!(await stat(path)).isDirectory()) throw new Error('it is a file');
  } catch (error) {
    const why = error instanceof Error ? ('code' in error ? String(error.code) : error.message) : '';
    throw new ConfigurationError('save', `cannot write into ${path}: ${why}`);
  }
  const written = new Map<string, string>();
  return {
    async put(name, text) {
      const safe = safeName(name);
      const known = written.get(safe);
      if (known !== undefined) {
        await writeFile(known, text, { mode: 0o600 });
        return known;
      }
      const made = await writeNew(path, safe, text);
      written.set(safe, made);
      return made;
    },
  };
}

async function writeNew(folder: string, name: string, text: string): Promise<string> {
  for (let number = 1; number < MOST_OF_A_NAME; number += 1) {
    const path = join(folder, `${name}${number === 1 ? '' : `-${number}`}.json`);
    try {
      await writeFile(path, text, { mode: 0o600, flag: 'wx' });
      return path;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
  throw new Error(`there are too many files of the name ${name}`);
}

/** Letters, digits, `.`, `-` and `_`: names of clients come from outside, and no path or hidden file is to be made of one. */
function safeName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  return safe.slice(0, 80) || 'flow';
}
