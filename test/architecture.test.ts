import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifies } from './verifies.js';

const SRC = resolve(import.meta.dirname, '../src');

/** Which folder of src may import from which; every folder may import from itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  commands: ['cli', 'as', 'rs', 'flows', 'shared'],
  cli: ['shared'],
  as: ['shared'],
  rs: ['shared'],
  flows: ['shared'],
  shared: [],
};

/**
 * Which folder of src/flows may import from which others. What makes a trace and what shows one know nothing of each other;
 * what stands beside the folders (the plan, the run, the context of a step) holds them together.
 */
const FLOWS_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  course: ['checks', 'exchange', 'mcp', 'registration', 'specification', 'steps', 'trace', 'user-agent'],
  steps: [
    'checks',
    'client-key',
    'exchange',
    'findings',
    'mcp',
    'parsing',
    'registration',
    'specification',
    'trace',
    'user-agent',
  ],
  registration: ['checks', 'exchange', 'parsing', 'specification', 'steps', 'trace'],
  'client-key': [],
  checks: ['exchange', 'parsing', 'specification', 'steps', 'trace'],
  specification: ['checks', 'trace'],
  mcp: ['exchange', 'parsing', 'specification'],
  'user-agent': ['exchange', 'parsing'],
  redact: ['exchange', 'parsing', 'trace'],
  parsing: ['exchange', 'trace'],
  exchange: ['trace'],
  trace: ['exchange', 'parsing', 'redact'],
  findings: ['checks', 'exchange', 'parsing', 'registration', 'steps', 'trace', 'watch'],
  record: ['parsing', 'redact', 'trace'],
  watch: ['findings', 'record', 'specification', 'trace'],
  live: ['diagram', 'record', 'render', 'specification', 'trace', 'watch'],
  follow: ['exchange', 'parsing', 'record'],
  proxy: ['exchange', 'follow', 'record'],
  diagram: ['trace'],
  diff: ['trace'],
  render: ['diagram', 'diff', 'findings', 'follow', 'record', 'trace', 'watch'],
};

/** Packages that only one place knows, so that they can be exchanged there. */
const PACKAGE_ONLY_IN: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^@oclif\/core/, ['commands/', 'cli/']],
  [/^chalk/, ['cli/', 'flows/render/']],
  [/^@hono\/node-server/, ['cli/']],
  [/^undici/, ['cli/']],
  [/^prom-client/, ['cli/metrics/']],
  [/^ipaddr\.js/, ['shared/http/']],
  [/^@redis\/client/, ['as/store/redis/']],
  [/^http-cache-semantics/, ['as/documents/']],
  [/^libsql/, ['as/store/sqlite/driver.ts']],
  [/^jose/, ['as/', 'rs/verifiers/', 'flows/client-key/']],
  [/^hono/, ['as/', 'rs/', 'shared/http/', 'flows/live/', 'flows/proxy/']],
  [/^@modelcontextprotocol\//, ['rs/mcp/', 'rs/tools/']],
];

/** What reaches the world goes through a port; these are the places where the ports themselves are. */
const WORLD: readonly (readonly [string, RegExp, readonly string[]])[] = [
  ['the time', /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/, ['shared/clock.ts', 'cli/', 'commands/']],
  ['randomness', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/, ['shared/random.ts']],
  ['the network', /(?<![.\w])fetch\(/, ['shared/http/fetch.ts', 'cli/']],
  ['the environment', /\bprocess\.env\b/, ['cli/', 'commands/']],
  ['the console', /\bconsole\./, []],
  // Not every Node has it, so it is not imported but asked for.
  ['the database of Node', /['"]node:sqlite['"]/, ['as/store/sqlite/driver.ts']],
];

interface SourceFile {
  readonly path: string;
  readonly code: string;
  readonly imports: readonly string[];
}

const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    return {
      path,
      code: text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, ''),
      imports: [
        ...text.matchAll(/^(?:import|export)[^'";]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm),
      ].map((match) => match[1] ?? match[2] ?? match[3]!),
    };
  });

function folderOf(path: string): string {
  return path.split('/')[0]!;
}

/** undefined for what stands beside the folders, and outside of flows */
function flowsFolderOf(path: string): string | undefined {
  return /^flows\/([^/]+)\//.exec(path)?.[1];
}

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(place));
}

describe('the direction of imports', () => {
  it('finds the source', () => {
    expect(new Set(files.map((file) => folderOf(file.path)))).toEqual(new Set(Object.keys(MAY_IMPORT)));
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(100);
  });

  it('is commands → cli, as, rs, flows → shared', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(SRC, resolve(SRC, dirname(file.path), specifier)))
        .filter((target) => folderOf(target) !== folderOf(file.path))
        .filter((target) => !MAY_IMPORT[folderOf(file.path)]!.includes(folderOf(target)))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('inside of flows goes from what shows a trace to the trace, and never back', () => {
    const inside = files
      .filter(({ path }) => folderOf(path) === 'flows')
      .flatMap(({ path, imports }) =>
        imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => relative(SRC, resolve(SRC, dirname(path), specifier)))
          .map((target) => ({ path, target, from: flowsFolderOf(path), to: flowsFolderOf(target) })),
      );
    const wrong = inside
      .filter(({ from, to }) => from !== undefined && to !== undefined && from !== to)
      .filter(({ from, to }) => !FLOWS_MAY_IMPORT[from!]!.includes(to!))
      .map(({ path, target }) => `${path} imports ${target}`);
    expect(wrong).toEqual([]);
    const unused = Object.entries(FLOWS_MAY_IMPORT).flatMap(([folder, others]) =>
      others
        .filter((other) => !inside.some(({ from, to }) => from === folder && to === other))
        .map((other) => `${folder} need not import ${other}`),
    );
    expect(unused).toEqual([]);
    const knowRender = inside.filter(
      ({ from, to }) => from !== 'render' && from !== 'live' && to === 'render',
    );
    expect(new Set(knowRender.map(({ path }) => path))).toEqual(new Set(['flows/index.ts']));
  });

  it('keeps the OAuth vocabulary free of I/O', () => {
    const wrong = files
      .filter((file) => file.path.startsWith('shared/oauth/'))
      .flatMap((file) => file.imports.filter((name) => name.startsWith('node:') && name !== 'node:crypto'));
    expect(wrong).toEqual([]);
  });

  it('keeps each framework in its place', () => {
    const wrong = files.flatMap((file) =>
      file.imports.flatMap((specifier) =>
        PACKAGE_ONLY_IN.filter(
          ([pattern, places]) => pattern.test(specifier) && !isIn(file.path, places),
        ).map(() => `${file.path} imports ${specifier}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('ports for the world', () => {
  it.each(WORLD)('%s is reached in one place', (_what, pattern, places) => {
    const wrong = files
      .filter((file) => pattern.test(file.code) && !isIn(file.path, places))
      .map((file) => file.path);
    expect(wrong).toEqual([]);
  });

  verifies(
    ['rs.mcp-theft-storage', 'rs.rfc9700-4.9.3-secrets'],
    'the MCP server has no files and no store, in which tokens could be kept',
    () => {
      const storing = /^node:(?:fs|sqlite|child_process|worker_threads|http2?|https|net)\b|store/i;
      const wrong = files
        .filter(({ path }) => path.startsWith('rs/'))
        .flatMap(({ path, imports }) =>
          imports.filter((name) => storing.test(name)).map((name) => `${path} imports ${name}`),
        );
      expect(wrong).toEqual([]);
    },
  );
});
