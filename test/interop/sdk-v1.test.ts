import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { callWithSdkV1, newProviderV1 } from './support/clients.js';
import { evidenceOf, expectNoSecretPrinted } from './support/evidence.js';
import { installedPackage } from './support/packages.js';

let pair: Listening;

afterEach(async () => {
  await pair.stop();
});

/** @returns the codes that it redeemed */
async function reachGetTime(provider: ReturnType<typeof newProviderV1>): Promise<readonly string[]> {
  const redirect = await callWithSdkV1(pair.resource, provider);
  if (redirect === undefined) return [];
  expect(redirect.searchParams.get('state')).toBe(provider.state());
  expect(redirect.searchParams.get('iss')).toBe(pair.issuer);
  return [redirect.searchParams.get('code')!];
}

describe(`a client built with ${installedPackage('@modelcontextprotocol/sdk')}`, () => {
  it('registers, signs its user in and reaches get_time, and no secret is logged on the way', async () => {
    pair = await startPair('--verbose');
    const provider = newProviderV1();
    const codes = await reachGetTime(provider);
    const { access_token, refresh_token } = provider.tokens()!;
    expect(await evidenceOf(pair)).toEqual({ routes: ['dcr'], registerRequests: 1, eras: ['2025'] });
    expectNoSecretPrinted(pair, { codes, accessTokens: [access_token], others: [refresh_token!] });
  });

  it('skips /register when it kept its registration, and the log says so', async () => {
    pair = await startPair('--verbose');
    const provider = newProviderV1();
    await reachGetTime(provider);
    provider.forgetTokens();
    await reachGetTime(provider);
    expect(await evidenceOf(pair, { calls: 2 })).toMatchObject({
      routes: ['dcr', 'dcr-reused'],
      registerRequests: 1,
    });
  });

  it('goes on with its refresh token, without its user, when the access token is refused', async () => {
    pair = await startPair('--verbose');
    const provider = newProviderV1();
    await reachGetTime(provider);
    const before = provider.tokens()!;
    provider.spoilAccessToken();
    expect(await reachGetTime(provider)).toEqual([]);
    expect(provider.tokens()!.refresh_token).not.toBe(before.refresh_token);
    expect(await evidenceOf(pair, { calls: 2 })).toMatchObject({ routes: ['dcr'], registerRequests: 1 });
  });

  it('with a preset client_id never calls /register', async () => {
    pair = await startPair('--verbose', '--client', 'demo-preset');
    await reachGetTime(newProviderV1({ client_id: 'demo-preset' }));
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['preset'], registerRequests: 0 });
  });

  it('with a client_id from elsewhere is adopted', async () => {
    pair = await startPair('--verbose');
    await reachGetTime(newProviderV1({ client_id: 'f33e2bba-ffe4-4b8f-8a41-0e0897e0ecd9' }));
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['adopted'], registerRequests: 0 });
  });

  it('reaches get_time, and refreshes, with JWT access tokens', async () => {
    pair = await startPair('--verbose', '--token-format=jwt');
    const provider = newProviderV1();
    await reachGetTime(provider);
    const before = provider.tokens()!.access_token;
    expect(before).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    provider.spoilAccessToken();
    await reachGetTime(provider);
    expect(provider.tokens()!.access_token).not.toBe(before);
    for (const part of before.split('.')) expect(pair.stdout() + pair.stderr()).not.toContain(part);
  });
});
