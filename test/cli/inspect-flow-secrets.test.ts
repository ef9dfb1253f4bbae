import { describe, expect, it } from 'vitest';
import { secretsOf } from '../../src/cli/inspect-flow-secrets.js';

const environment = { MCP_OAUTH_DEMO_CLIENT_SECRET: 'from-there', MCP_OAUTH_DEMO_PASSWORD: 'horse' };

describe('the secrets of inspect-flow', () => {
  it('come from the environment where no flag is given', () => {
    expect(secretsOf({ 'client-id': 'known' }, environment)).toEqual({
      clientSecret: 'from-there',
      password: 'horse',
    });
    const flags = { 'client-id': 'known', 'client-secret': 'flag', password: 'battery' };
    expect(secretsOf(flags, environment)).toEqual({ clientSecret: 'flag', password: 'battery' });
  });

  it('are left alone where they are of no use, or empty', () => {
    expect(secretsOf({}, environment).clientSecret).toBeUndefined();
    expect(
      secretsOf({ 'client-id': 'known', 'client-key': 'k.pem' }, environment).clientSecret,
    ).toBeUndefined();
    const empty = { MCP_OAUTH_DEMO_CLIENT_SECRET: '', MCP_OAUTH_DEMO_PASSWORD: '' };
    expect(secretsOf({ 'client-id': 'known' }, empty)).toEqual({
      clientSecret: undefined,
      password: undefined,
    });
  });
});
