import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const TESTS = resolve(import.meta.dirname, '..');

/** What a test says that it shows. */
export interface Citation {
  /** below `test/` */
  readonly file: string;
  /** with the titles of what it is in */
  readonly title: string;
  /** `verifies`, `deviates` or `deviates.off` */
  readonly by: string;
  /** of requirements; for the other two, of one deviation */
  readonly ids: readonly string[];
}

/** The citations of all tests, in the order of files and lines. A test that is skipped shows nothing and is left out. */
export function readCitations(): readonly Citation[] {
  return readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .sort()
    .flatMap((file) => citationsIn(file, readFileSync(join(TESTS, file), 'utf8')));
}

/**
 * The citations in a file.
 *
 * @throws Error for one that is not written in literals, so that it can't be read here
 */
export function citationsIn(file: string, text: string): readonly Citation[] {
  const found: Citation[] = [];
  const visit = (node: ts.Node, titles: readonly string[]): void => {
    let inner = titles;
    if (ts.isCallExpression(node)) {
      const called = nameOf(node.expression);
      if (/^(describe|it)\b.*\.(skip|skipIf|runIf|todo)\b/.test(called)) return;
      if (called.startsWith('describe') && node.arguments.length > 1) {
        inner = [...titles, titleOf(node.arguments[0])];
      }
      const [, by] = /^(verifies|deviates(?:\.off)?)(?:\.each\(\))?$/.exec(called) ?? [];
      if (by !== undefined && node.arguments.length === 3) found.push(citation(file, by, node, titles));
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest), []);
  return found;
}

function citation(
  file: string,
  by: string,
  { arguments: [ids, title] }: ts.CallExpression,
  titles: readonly string[],
): Citation {
  const cited = ids && ts.isArrayLiteralExpression(ids) ? [...ids.elements] : [ids];
  return {
    file,
    by,
    title: [...titles, textOf(file, title)].filter((part) => part !== '').join(' '),
    ids: cited.map((id) => textOf(file, id)),
  };
}

/** `describe.each()` for what is called in `describe.each(cases)(…)`. */
function nameOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return `${nameOf(node.expression)}.${node.name.text}`;
  return ts.isCallExpression(node) ? `${nameOf(node.expression)}()` : '';
}

function textOf(file: string, node: ts.Node | undefined): string {
  const text = literal(node);
  if (text === undefined) throw new Error(`${file}: ids and titles of what cites have to be literals`);
  return text;
}

/** The title of a group; what is known only when the tests run is left out. */
function titleOf(node: ts.Node | undefined): string {
  if (!node || !ts.isTemplateExpression(node)) return literal(node) ?? '';
  return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
}

function literal(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}
