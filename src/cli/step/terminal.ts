import { createInterface } from 'node:readline';
import { edited } from './editor.js';
import type { StepTerminal } from './step-prompt.js';

/**
 * The terminal of this process: questions go to stderr, since stdout carries the report.
 *
 * @param signal ends a question without an answer, as Ctrl-C does
 * @param editor as `$VISUAL` and `$EDITOR` hold it
 */
export function processTerminal(signal: AbortSignal, editor: string): StepTerminal {
  return {
    say: (line) => void process.stderr.write(`${line}\n`),
    ask: (question) => askedOnce(question, signal),
    edit: (text) => edited(text, editor),
  };
}

/** One reader for each question: in between, an editor may read from the same terminal. */
function askedOnce(question: string, signal: AbortSignal): Promise<string | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    const end = (line: string | undefined): void => {
      signal.removeEventListener('abort', onAbort);
      // Before it is closed, which is an end too, and one without an answer.
      resolve(line);
      reader.close();
    };
    const onAbort = (): void => end(undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    // The reader takes the key itself while it asks; what it means is for the process to say, as everywhere.
    reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    reader.once('close', () => end(undefined));
    reader.question(question, (line) => end(line));
  });
}
