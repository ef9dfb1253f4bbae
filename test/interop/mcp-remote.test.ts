import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { evidenceOf, expectNoSecretPrinted } from './support/evidence.js';
import { expectTimeInTokyo } from './support/get-time.js';
import { PROGRAMS, programPath } from './support/packages.js';
import { type Household, newHousehold, storedValues } from './support/program.js';

let mcpRemote: string;
let pair: Listening;
let household: Household;
const clients: Client[] = [];

beforeAll(async () => {
  mcpRemote = await programPath(PROGRAMS.mcpRemote);
});

beforeEach(async () => {
  household = await newHousehold();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await pair.stop();
  await household.end();
});

/** A program that speaks stdio only, and the proxy that it starts. */
async function reachGetTime(...args: string[]): Promise<URL> {
  const client = new Client({ name: 'stdio-client', version: '1.0' });
  clients.push(client);
  const proxy = new StdioClientTransport({
    command: process.execPath,
    args: [mcpRemote, pair.resource, ...args],
    env: { ...household.browser.env },
    stderr: 'pipe',
  });
  let said = '';
  proxy.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  const [redirect] = await Promise.all([
    household.browser.signedIn,
    client.connect(proxy).catch((error: unknown) => {
      throw new Error(`mcp-remote did not connect, and said:\n${said}`, { cause: error });
    }),
  ]);
  expectTimeInTokyo(await client.callTool({ name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } }));
  return redirect;
}

describe(PROGRAMS.mcpRemote.spec, () => {
  it('registers, opens the browser and reaches get_time, and no secret is logged', async () => {
    pair = await startPair('--verbose');
    const redirect = await reachGetTime();
    const stored = storedValues(household.folder, ['access_token', 'refresh_token']);
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['dcr'], registerRequests: 1 });
    expect(stored['refresh_token']).toHaveLength(1);
    expectNoSecretPrinted(pair, {
      codes: [redirect.searchParams.get('code')!],
      accessTokens: stored['access_token']!,
      others: stored['refresh_token']!,
    });
  });

  it('with --static-oauth-client-info never calls /register', async () => {
    pair = await startPair('--verbose', '--client', 'demo-preset');
    await reachGetTime('--static-oauth-client-info', JSON.stringify({ client_id: 'demo-preset' }));
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['preset'], registerRequests: 0 });
  });
});
