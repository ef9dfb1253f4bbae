import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { callWithMcpRemote } from './support/clients.js';
import { evidenceOf, expectNoSecretPrinted } from './support/evidence.js';
import { PROGRAMS, programPath } from './support/packages.js';
import { type Household, newHousehold, storedValues } from './support/program.js';

let pair: Listening;
let household: Household;

beforeAll(async () => {
  await programPath(PROGRAMS.mcpRemote);
});

beforeEach(async () => {
  household = await newHousehold();
});

afterEach(async () => {
  await pair.stop();
  await household.end();
});

describe(PROGRAMS.mcpRemote.spec, () => {
  it('registers, opens the browser and reaches get_time, and no secret is logged', async () => {
    pair = await startPair('--verbose');
    const redirect = await callWithMcpRemote(pair.resource, household);
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
    await callWithMcpRemote(
      pair.resource,
      household,
      '--static-oauth-client-info',
      JSON.stringify({ client_id: 'demo-preset' }),
    );
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['preset'], registerRequests: 0 });
  });
});
