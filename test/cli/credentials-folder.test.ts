import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentialsIn } from '../../src/cli/credentials-folder.js';
import type { KeptCredentials } from '../../src/shared/oauth/kept-credentials.js';

const ISSUER = 'https://as.example/../../etc/passwd';
const KEPT: KeptCredentials = {
  issuer: ISSUER,
  client_id: 'registered-1',
  client_secret: 'a-secret',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uri: 'http://127.0.0.1:1/callback',
  registered_at: 1_790_000_000,
};

let base = '';
let folder = '';
const said: string[] = [];

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'credentials-'));
  folder = join(base, 'inspect-flow');
  said.length = 0;
});

afterEach(() => rm(base, { recursive: true, force: true }));

function open() {
  return credentialsIn(folder, (line) => said.push(line));
}

async function fileOfIssuer(): Promise<string> {
  const [name] = await readdir(join(folder, 'issuers'));
  return join(folder, 'issuers', name!);
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the folder of credentials', () => {
  it('gives back what was put under an issuer, to another process too, and nothing under another spelling', async () => {
    await open().put(KEPT);
    expect(await open().get(ISSUER)).toMatchObject(KEPT);
    expect(await open().get(`${ISSUER}/`)).toBeUndefined();
    await open().delete(ISSUER);
    expect(await open().get(ISSUER)).toBeUndefined();
    expect(said).toEqual([]);
  });

  it('is for its user only, and has names that no issuer can choose', async () => {
    await open().put(KEPT);
    const path = await fileOfIssuer();
    expect(await modeOf(path)).toBe(0o600);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, 'issuers'))).toBe(0o700);
    expect(path).toMatch(/\/issuers\/[0-9a-f]{64}\.json$/);
  });

  it('has whole files only, however many are written at once', async () => {
    const ids = Array.from({ length: 20 }, (_none, index) => `client-${index}`);
    await Promise.all(ids.map((client_id) => open().put({ ...KEPT, client_id })));
    expect(ids).toContain((await open().get(ISSUER))?.client_id);
    expect(await readdir(join(folder, 'issuers'))).toHaveLength(1);
  });

  it.each([
    ['is no JSON', () => '{ "client_id": '],
    ['lacks a member', () => JSON.stringify({ version: 1, issuer: ISSUER })],
    ['is of another version', () => JSON.stringify({ ...KEPT, version: 2 })],
  ])('tells in one line of a file that %s, and takes it for absent', async (_what, content) => {
    await open().put(KEPT);
    const path = await fileOfIssuer();
    await writeFile(path, content());
    expect(await open().get(ISSUER)).toBeUndefined();
    expect(said).toEqual([expect.stringContaining(path)]);
  });

  it('does not take the file of another issuer that was copied to the name of this one', async () => {
    await open().put(KEPT);
    const path = await fileOfIssuer();
    const content = await readFile(path, 'utf8');
    await writeFile(path, content.replace(ISSUER, 'https://evil.example'));
    expect(await open().get(ISSUER)).toBeUndefined();
  });

  it('remembers which issuer a server named last', async () => {
    const target = 'https://mcp.example/mcp';
    expect(await open().issuerOf(target)).toBeUndefined();
    await open().putIssuer(target, 'https://one.example');
    await open().putIssuer(target, 'https://two.example');
    expect(await open().issuerOf(target)).toBe('https://two.example');
  });
});
