import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { evidenceOf, expectNoSecretPrinted } from './support/evidence.js';
import { expectTimeInTokyo } from './support/get-time.js';
import { PROGRAMS, programPath } from './support/packages.js';
import { type Household, newHousehold, runProgram, storedValues } from './support/program.js';

let node: string;
let inspector: string;
let pair: Listening;
let household: Household;

beforeAll(async () => {
  node = await programPath(PROGRAMS.node);
  inspector = await programPath(PROGRAMS.inspector);
});

beforeEach(async () => {
  household = await newHousehold();
});

afterEach(async () => {
  await pair.stop();
  await household.end();
});

async function reachGetTime(...args: string[]): Promise<URL> {
  const call = ['--method', 'tools/call', '--tool-name', 'get_time', '--tool-arg', 'timezone=Asia/Tokyo'];
  const place = ['--callback-url', 'http://127.0.0.1:0/oauth/callback'];
  const [redirect, { code, stdout, stderr }] = await Promise.all([
    household.browser.signedIn,
    runProgram(node, [inspector, '--cli', pair.resource, ...call, ...place, '--format', 'json', ...args], {
      env: {
        ...household.browser.env,
        MCP_AUTO_OPEN_ENABLED: 'true',
        MCP_STORAGE_DIR: household.folder,
        MCP_INSPECTOR_SECRET_STORE: 'file',
      },
      milliseconds: 60_000,
    }),
  ]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expectTimeInTokyo((JSON.parse(stdout) as { result: unknown }).result);
  return redirect;
}

describe(`${PROGRAMS.inspector.spec}, its CLI`, () => {
  it('without a client id calls /register and reaches get_time, and no secret is logged', async () => {
    pair = await startPair('--verbose');
    const redirect = await reachGetTime();
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['dcr'], registerRequests: 1 });
    expectNoSecretPrinted(pair, {
      codes: [redirect.searchParams.get('code')!],
      accessTokens: storedValues(household.folder, ['access_token'])['access_token']!,
    });
  });

  it('with a preset client id never calls /register', async () => {
    pair = await startPair('--verbose', '--client', 'demo-preset');
    await reachGetTime('--client-id', 'demo-preset');
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['preset'], registerRequests: 0 });
  });

  it('in the era 2026-07-28 reaches get_time too', async () => {
    pair = await startPair('--verbose');
    await reachGetTime('--protocol-era', 'modern');
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['dcr'], eras: ['2026-07-28'] });
  });
});
