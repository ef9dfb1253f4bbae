import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type Listening, listening, start } from '../support/cli.js';
import { fences } from './fences.js';

const folder = mkdtempSync(join(tmpdir(), 'docs-storage-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The commands of the page that say that they are run here, by what they begin with. */
function command(beginning: string): string {
  const found = fences().filter(
    ({ page, attributes, text }) =>
      page === 'docs/storage.md' &&
      attributes['run-by'] === 'test/docs/storage-sqlite.test.ts' &&
      text.startsWith(beginning),
  );
  expect(found, beginning).toHaveLength(1);
  return found[0]!.text.trim();
}

const shell = (text: string) => execFileSync('sh', ['-c', text], { cwd: folder, encoding: 'utf8' });

/** @param port the same after a restart: the records are those of an issuer, whose URL has it */
async function serve(port = '0'): Promise<Listening> {
  const args = command('npx mcp-oauth-demo as').split(' ').slice(2);
  return listening(start([...args, '--port', port, '--log-format', 'json'], { cwd: folder }));
}

async function register({ issuer }: Listening): Promise<{ uri: string; token: string }> {
  const response = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['http://localhost:1/callback'] }),
  });
  const body = (await response.json()) as Record<string, string>;
  return { uri: body['registration_client_uri']!, token: body['registration_access_token']! };
}

const statusOf = async ({ uri, token }: { uri: string; token: string }) =>
  (await fetch(uri, { headers: { authorization: `Bearer ${token}` } })).status;

const isMissing = spawnSync('sqlite3', ['--version']).error !== undefined && !process.env['CI'];

it.skipIf(isMissing)(
  'a client is known after a restart, and after the backup of docs/storage.md was put back (needs sqlite3)',
  async () => {
    const before = await serve();
    const { port } = new URL(before.issuer);
    const early = await register(before);
    shell(command('(umask 077; sqlite3'));
    const late = await register(before);
    expect((await before.stop()).code).toBe(0);
    expect(statSync(join(folder, 'oauth-backup.db')).mode & 0o777).toBe(0o600);

    const restarted = await serve(port);
    expect([await statusOf(early), await statusOf(late)]).toEqual([200, 200]);
    expect((await restarted.stop()).code).toBe(0);
    expect(shell(command('sqlite3 oauth.db "SELECT kind'))).toContain('unused_client|2');

    shell(command('rm -f oauth.db-wal'));
    const restored = await serve(port);
    expect([await statusOf(early), await statusOf(late)]).toEqual([200, 401]);
    expect((await restored.stop()).code).toBe(0);
  },
);
