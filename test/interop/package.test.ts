import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, startInstalled } from '../support/cli.js';

/** A program of somebody who shares no package with us: schema and MCP server are of their own making. */
const CONSUMER = `
import {
  createResourceServer, defineTool, type ResourceServer, type StandardSchema, type Tool,
} from 'mcp-oauth-demo/rs';

const shout: StandardSchema<{ text: string }> = {
  '~standard': {
    version: 1,
    vendor: 'consumer',
    validate: (value) => ({ value: { text: String(value) } }),
    jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
  },
};
const tools: readonly Tool[] = [
  defineTool({
    name: 'shout', description: 'Shouts.', inputSchema: shout,
    handler: ({ text }) => ({ content: [{ type: 'text', text: text.toUpperCase() }] }),
  }),
  {
    name: 'wait', description: 'Waits.',
    handler: async (_input, { token, progress }) => {
      await progress(1, 1);
      return { structuredContent: { sub: token.sub } };
    },
  },
];
export const rs: ResourceServer = createResourceServer({
  resource: 'http://localhost:8001/mcp',
  authServers: [{ issuer: 'http://localhost:9000' }],
  demoMode: true,
  tools,
  mcpServers: {
    '2026-07-28': () => ({ fetch: async () => new Response(), close: async () => {} }),
    '2025': () => ({ connect: async () => {}, close: async () => {} }),
  },
});
`;

/** What a user has who installs the tarball in an empty folder. */
describe('the packed tarball, installed in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  let contents: readonly string[];

  beforeAll(() => {
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const [tarball] = JSON.parse(packed) as { filename: string; files: { path: string }[] }[];
    contents = tarball!.files.map((file) => file.path);
    execFileSync('npm', ['init', '--yes'], { cwd: folder });
    execFileSync('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball!.filename)], {
      cwd: folder,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('carries what runs and what explains it, and nothing else', () => {
    expect(contents).toEqual(
      expect.arrayContaining([
        'bin/run.js',
        'LICENSE',
        'README.md',
        'oclif.manifest.json',
        'dist/commands/all.js',
      ]),
    );
    expect(
      contents.filter(
        (path) =>
          !/^(bin\/run\.js|dist\/.*\.(js|d\.ts)|docs\/.*|[A-Z]+(\.md)?|package\.json|oclif\.manifest\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
  });

  it('runs all, and inspect-flow against it', async () => {
    const pair = startInstalled(folder, ['all', '--as-port', '0', '--rs-port', '0', '--log-format', 'json']);
    const [line] = await pair.printed(/^\{"kind":"listening".*$/m);
    const { resource } = JSON.parse(line) as { resource: string };
    const inspected = await startInstalled(folder, ['inspect-flow', resource, '--json']).ended;
    expect(inspected.code, inspected.stderr).toBe(0);
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      outcome: 'completed',
      registration: { route: 'dcr' },
    });
    expect((await pair.stop()).code).toBe(0);
  });

  it('gives the servers to other programs', () => {
    const script = `
      import { createAuthorizationServer } from 'mcp-oauth-demo/as';
      const as = createAuthorizationServer({ issuer: 'http://localhost:9000', demoMode: true });
      const answer = await as.fetch(new Request('http://localhost:9000/.well-known/oauth-authorization-server'));
      console.log((await answer.json()).issuer);
      await as.close();`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(printed.trim()).toBe('http://localhost:9000');
  });

  describe('declares what the library of the MCP server takes and gives', () => {
    let program: ts.Program;
    beforeAll(() => {
      const consumer = join(folder, 'consumer.ts');
      writeFileSync(consumer, CONSUMER);
      program = ts.createProgram([consumer], {
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2023.d.ts'],
        types: ['node'],
        typeRoots: [join(ROOT, 'node_modules/@types')],
        strict: true,
        noEmit: true,
      });
    });
    const isOurs = (file: ts.SourceFile) => file.fileName.includes('/mcp-oauth-demo/dist/');

    it('so that a program compiles with it, declarations of others checked too', () => {
      const wrong = ts.getPreEmitDiagnostics(program);
      expect(wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
    });

    it('without the types of any other package', () => {
      const declarations = program.getSourceFiles().filter(isOurs);
      expect(declarations.length).toBeGreaterThan(10);
      const others = declarations.flatMap(({ text }) =>
        [...text.matchAll(/(?:from|import\()\s*['"]([^.'"][^'"]*)['"]/g)].map(([, name]) => name),
      );
      expect(others).toEqual([]);
    });

    it('by types that can all be imported by name', () => {
      const checker = program.getTypeChecker();
      const index = program.getSourceFiles().find(({ fileName }) => fileName.endsWith('dist/rs/index.d.ts'))!;
      const real = (symbol: ts.Symbol) =>
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const exported = new Set(checker.getExportsOfModule(checker.getSymbolAtLocation(index)!).map(real));
      const missing = new Set<string>();
      const look = (node: ts.Node): void => {
        const symbol = ts.isTypeReferenceNode(node) && checker.getSymbolAtLocation(node.typeName);
        if (symbol && !exported.has(real(symbol)) && !(symbol.flags & ts.SymbolFlags.TypeParameter)) {
          const [declaration] = real(symbol).declarations ?? [];
          // The events are many, and one union.
          const file = declaration?.getSourceFile();
          if (file && isOurs(file) && !file.fileName.includes('/shared/events/')) missing.add(symbol.name);
        }
        ts.forEachChild(node, look);
      };
      for (const { declarations = [] } of exported) declarations.forEach(look);
      expect([...missing]).toEqual([]);
    });
  });
});
