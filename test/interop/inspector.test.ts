import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { callWithInspector } from './support/clients.js';
import { evidenceOf, expectNoSecretPrinted } from './support/evidence.js';
import { PROGRAMS, programPath } from './support/packages.js';
import { type Household, newHousehold, storedValues } from './support/program.js';

let pair: Listening;
let household: Household;

beforeAll(async () => {
  await programPath(PROGRAMS.node);
  await programPath(PROGRAMS.inspector);
});

beforeEach(async () => {
  household = await newHousehold();
});

afterEach(async () => {
  await pair.stop();
  await household.end();
});

describe(`${PROGRAMS.inspector.spec}, its CLI`, () => {
  it('without a client id calls /register and reaches get_time, and no secret is logged', async () => {
    pair = await startPair('--verbose');
    const redirect = await callWithInspector(pair.resource, household);
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['dcr'], registerRequests: 1 });
    expectNoSecretPrinted(pair, {
      codes: [redirect.searchParams.get('code')!],
      accessTokens: storedValues(household.folder, ['access_token'])['access_token']!,
    });
  });

  it('with a preset client id never calls /register', async () => {
    pair = await startPair('--verbose', '--client', 'demo-preset');
    await callWithInspector(pair.resource, household, '--client-id', 'demo-preset');
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['preset'], registerRequests: 0 });
  });

  it('in the era 2026-07-28 reaches get_time too', async () => {
    pair = await startPair('--verbose');
    await callWithInspector(pair.resource, household, '--protocol-era', 'modern');
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['dcr'], eras: ['2026-07-28'] });
  });
});
