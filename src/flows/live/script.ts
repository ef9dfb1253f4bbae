import { readFile } from 'node:fs/promises';

let script: Promise<string> | undefined;

/** The script of the page, as it is served: a file beside this one. */
export function readLiveScript(): Promise<string> {
  script ??= readFile(new URL('./browser/live.js', import.meta.url), 'utf8');
  return script;
}
