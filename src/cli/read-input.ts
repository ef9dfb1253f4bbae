import { createReadStream } from 'node:fs';
import { Errors } from '@oclif/core';
import { printable } from '../shared/printable.js';
import { EXIT } from './exit-codes.js';

/** More than any file that this program has a use for. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a text file whole, or stdin.
 *
 * @param path of the file; `-` is stdin
 * @throws CLIError for wrong usage, if it can't be read or is too large
 */
export async function readInput(path: string): Promise<string> {
  const name = inputName(path);
  const stream = path === '-' ? process.stdin : createReadStream(path);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      if (size > MAX_BYTES) throw refusal(`${name} is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
      chunks.push(bytes);
    }
  } catch (error) {
    if (error instanceof Errors.CLIError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw refusal(`cannot read ${name} (${code})`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What an input is called in a message. */
export function inputName(path: string): string {
  return path === '-' ? 'stdin' : printable(path, 200);
}

function refusal(message: string): Errors.CLIError {
  return new Errors.CLIError(message, { exit: EXIT.usage });
}
