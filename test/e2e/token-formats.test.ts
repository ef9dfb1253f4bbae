import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const folder = mkdtempSync(join(tmpdir(), 'token-formats-'));
const keep = stopAfterEach();

afterAll(() => rmSync(folder, { recursive: true }));

describe('access tokens', () => {
  it.each([
    ['opaque', []],
    ['JWTs by ES256', ['--token-format', 'jwt', '--rotate-keys-every', '1']],
    ['JWTs by RS256', ['--token-format', 'jwt', '--signing-alg', 'RS256']],
    ['JWTs that are verified by keys alone', ['--verify', 'jwt', '--rotate-keys-every', '1']],
  ])('lead through the whole flow as %s', async (_what, flags) => {
    const { resource } = keep(await startPair(...flags));
    const { code, stdout } = await run(['inspect-flow', resource]);
    expect(stdout).toContain('completed: the MCP server was reached with a token');
    expect(code).toBe(0);
  });

  it('by client_credentials are JWTs that verify with the keys of jwks_uri, and the log tells of the key', async () => {
    const file = join(folder, 'clients.json');
    const backend = { client_id: 'backend', client_secret: 'a-long-random-value' };
    writeFileSync(file, JSON.stringify([{ ...backend, grant_types: ['client_credentials'] }]));
    const flags = ['--grants', 'authorization_code,client_credentials', '--clients', file];
    const resource = 'https://mcp.example.com/mcp';
    const as = keep(start(['as', '--port', '0', '--token-format', 'jwt', '--resource', resource, ...flags]));
    const [issuer] = await as.printed(/http:\/\/localhost:\d+/);
    const metadata = await fetch(`${issuer}/.well-known/oauth-authorization-server`);
    const { jwks_uri } = (await metadata.json()) as { jwks_uri: string };
    const answer = await fetch(`${issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...backend }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    const { payload } = await jwtVerify(access_token, createRemoteJWKSet(new URL(jwks_uri)), {
      issuer,
      audience: resource,
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: 'backend', client_id: 'backend' });
    await as.printed(/token \w{8}… issued to client backend by client_credentials/);
    await as.printed(new RegExp(`signing key ${decodeProtectedHeader(access_token).kid} \\(ES256\\) made`));
  });
});
