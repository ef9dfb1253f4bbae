import { describe, expect, it } from 'vitest';
import { type ResourceServerOptions, checkResourceServerOptions } from '../../src/rs/index.js';
import { ConfigurationError } from '../../src/shared/configuration-error.js';
import { ISSUER, RESOURCE } from './support.js';

/** What is wrong with options; undefined if nothing is. */
function faultOf(options: Readonly<Record<string, unknown>>): string | undefined {
  const all: ResourceServerOptions = { resource: RESOURCE, authServers: [{ issuer: ISSUER }], ...options };
  try {
    checkResourceServerOptions(all);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError)) throw thrown;
    return thrown.option;
  }
}

describe('the options of verification', () => {
  it.each([
    ['verify', 'guess'],
    ['acceptedAlgorithms', ['none']],
    ['acceptedAlgorithms', ['ES256', 'HS256']],
    ['acceptedAlgorithms', ['RSA-OAEP']],
    ['acceptedAlgorithms', []],
    ['acceptedTypes', ['']],
    ['acceptedTypes', ['text/html']],
    ['audiences', ['']],
    ['clockToleranceSeconds', -1],
    ['clockToleranceSeconds', 301],
    ['clockToleranceSeconds', 1.5],
  ])('%s can not be %j', (option, value) => {
    expect(faultOf({ verify: 'jwt', [option]: value })).toBe(option);
  });

  it.each([
    ['acceptedTypes', ['JWT']],
    ['acceptedAlgorithms', ['RS256']],
  ])('%s are for JWTs, and an error where these are not verified', (option, value) => {
    expect(faultOf({ demoMode: true, verify: 'jwt', [option]: value })).toBeUndefined();
    expect(faultOf({ demoMode: true, [option]: value })).toBe(option);
  });

  it('need no credentials for JWTs, and credentials for introspection outside demo mode', () => {
    expect(faultOf({ verify: 'jwt' })).toBeUndefined();
    expect(faultOf({ verify: 'introspection' })).toBe('introspectionCredentials');
  });

  it('have the audience checked for JWTs and with audiences of its own, unless that is turned off', () => {
    const strict = (options: Partial<ResourceServerOptions>) =>
      checkResourceServerOptions({
        resource: RESOURCE,
        authServers: [{ issuer: ISSUER }],
        demoMode: true,
        ...options,
      }).oauthStrict;
    expect([
      strict({}),
      strict({ verify: 'jwt' }),
      strict({ audiences: ['account'] }),
      strict({ verify: 'jwt', oauthStrict: false }),
      strict({ audiences: ['account'], oauthStrict: false }),
      strict({ oauthStrict: true }),
    ]).toEqual([false, true, true, false, false, true]);
  });
});
