import { describe, expect, it } from 'vitest';
import {
  introspectionOptions,
  introspectionOptionsOfEach,
  type IntrospectionFlags,
} from '../../src/cli/flags/introspection-flags.js';
import { ConfigurationError } from '../../src/shared/configuration-error.js';

const ISSUERS = ['https://a.example', 'https://b.example'];
const PLAIN: IntrospectionFlags = { 'introspection-timeout': 5000, 'introspection-cache': 0 };

describe('the flags of introspection', () => {
  it('that belong to one authorization server go to the one in the same place', () => {
    const endpoints = ['https://a.example/i', 'https://b.example/i'];
    expect(
      introspectionOptionsOfEach(ISSUERS, {
        ...PLAIN,
        'introspection-endpoint': endpoints,
        'introspection-auth': ['post', 'basic'],
      }),
    ).toEqual([
      { introspectionEndpoint: endpoints[0], introspectionAuth: 'client_secret_post' },
      { introspectionEndpoint: endpoints[1], introspectionAuth: 'client_secret_basic' },
    ]);
  });

  it('may be left out', () => {
    const nothing = { introspectionEndpoint: undefined, introspectionAuth: undefined };
    expect(introspectionOptionsOfEach(ISSUERS, PLAIN)).toEqual([nothing, nothing]);
  });

  it.each<[string, Partial<IntrospectionFlags>]>([
    ['introspection-endpoint', { 'introspection-endpoint': ['https://a.example/i'] }],
    ['introspection-auth', { 'introspection-auth': ['post'] }],
  ])('are given once for each, or the error names the flag: %s', (option, flags) => {
    const read = () => introspectionOptionsOfEach(ISSUERS, { ...PLAIN, ...flags });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(expect.objectContaining({ option }));
  });

  it('that hold for all are in milliseconds and seconds', () => {
    expect(introspectionOptions({ 'introspection-timeout': 200, 'introspection-cache': 7 })).toEqual({
      introspectionTimeoutMs: 200,
      introspectionCacheSeconds: 7,
    });
  });
});
