import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/cli.js';

/** A fenced block of a Markdown page, with the attributes behind its language. */
export interface Fence {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The pages that a user reads. */
export function pages(): readonly string[] {
  return [
    'README.md',
    'SECURITY.md',
    ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ].filter((name) => name.endsWith('.md'));
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The fenced blocks of all pages. */
export function fences(): readonly Fence[] {
  return pages().flatMap((page) => {
    const text = readPage(page);
    return [...text.matchAll(/^```(\S*)([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
      page,
      line: text.slice(0, match.index).split('\n').length,
      language: match[1]!,
      attributes: Object.fromEntries(
        [...match[2]!.matchAll(/([\w-]+)=(?:"([^"]*)"|(\S+))/g)].map((a) => [a[1]!, a[2] ?? a[3]!]),
      ),
      text: match[3]!,
    }));
  });
}
