import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openPort } from '../../src/cli/listen.js';
import { type Listening, listening, ROOT, type Running, start, startNode } from '../support/cli.js';
import { tokenFor } from '../support/token.js';
import { fences } from './fences.js';

const PAGE = 'docs/library.md';
const snippets = fences().filter(({ page, attributes }) => page === PAGE && 'file' in attributes);

/** For a compiler or a test runner in a process of its own, on a machine with much to do. */
const LONG = { timeout: 60_000 };

/** Within the package, so that it is found by its own name, as it is where it is installed. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(ROOT, '.docs-'));
  for (const { attributes, text } of snippets) writeFileSync(join(folder, attributes['file']!), text);
  // A reader's, not ours.
  writeFileSync(join(folder, 'vitest.config.mjs'), 'export default {};');
});
afterAll(() => rmSync(folder, { recursive: true }));

function textOf(file: string): string {
  return snippets.find(({ attributes }) => attributes['file'] === file)!.text;
}

/** Runs a snippet as Node does once it is compiled. */
function startSnippet(file: string, text = textOf(file)): Running {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    fileName: join(folder, file),
  });
  const compiled = join(folder, file.replace(/\.ts$/, '.mjs'));
  writeFileSync(compiled, outputText);
  return startNode([compiled]);
}

async function freePort(): Promise<number> {
  const open = await openPort({ host: 'localhost', port: 0, flag: 'port' });
  await open.close();
  return open.port;
}

/** The two servers of the page as it tells to start them, but for their ports. */
async function startNotes(): Promise<Listening> {
  const resource = `http://localhost:${await freePort()}/mcp`;
  const [, flags] =
    fences()
      .filter(({ page, language }) => page === PAGE && language === 'sh')
      .map(({ text }) => /^npx mcp-oauth-demo as (.*)$/m.exec(text))
      .find(Boolean) ?? [];
  const command = flags!.replace('http://localhost:8001/mcp', resource).split(' ');
  const as = await listening(start(['as', '--port', '0', '--log-format', 'json', ...command]));
  onTestFinished(() => void as.stop());
  const server = startSnippet(
    'notes-server.ts',
    textOf('notes-server.ts')
      .replaceAll('http://localhost:9000', as.issuer)
      .replaceAll('8001', new URL(resource).port),
  );
  onTestFinished(() => void server.stop());
  await expect.poll(() => fetch(resource).catch(() => undefined)).toBeDefined();
  return { ...as, resource };
}

async function connect({ issuer, resource }: Listening, scope?: string): Promise<Client> {
  const client = new Client({ name: 'reader', version: '1.0.0' });
  const headers = { authorization: `Bearer ${await tokenFor(issuer, resource, scope)}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(resource), { requestInit: { headers } }));
  onTestFinished(() => client.close());
  return client;
}

describe(`the snippets of ${PAGE}`, () => {
  it('are what the compiler takes, strictly and with the declarations of the package', LONG, () => {
    const program = ts.createProgram(
      snippets.map(({ attributes }) => join(folder, attributes['file']!)),
      {
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2023.d.ts'],
        types: ['node'],
        strict: true,
        noEmit: true,
        skipLibCheck: true,
      },
    );
    const wrong = ts.getPreEmitDiagnostics(program);
    expect(wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
    expect(snippets.length).toBe(3);
  });

  it('serve notes to who has the scope for them', async () => {
    const servers = await startNotes();
    const reader = await connect(servers);
    expect(reader.getServerVersion()).toMatchObject({ name: 'notes' });
    expect((await reader.listTools()).tools.map(({ name }) => name)).toEqual(['add_note']);
    const call = { name: 'add_note', arguments: { text: 'milk' } };
    await expect(reader.callTool(call)).rejects.toThrow(/insufficient_scope|notes:write/);
    const writer = await connect(servers, 'user notes:write');
    await writer.callTool(call);
    const { content } = await writer.callTool(call);
    expect(content).toEqual([{ type: 'text', text: 'Kept. You have 2 of them.' }]);
  });

  it('make a server of servers of the SDKs', async () => {
    expect(await startSnippet('prompt-server.ts').ended).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('test both servers in one process', LONG, async () => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    const { code, stdout, stderr } = await startNode([vitest, 'run', '--root', folder, 'both']).ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('1 passed');
  });
});
