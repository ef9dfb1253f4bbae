import { describe, expect, it } from 'vitest';
import { buildBearerChallenge, parseChallenges } from '../../../src/shared/oauth/www-authenticate.js';

describe('a WWW-Authenticate header is read', () => {
  it('with the parameters of a Bearer challenge', () => {
    expect(
      parseChallenges('Bearer resource_metadata="https://rs.example/.well-known/x", scope="a b"'),
    ).toEqual([
      {
        scheme: 'bearer',
        parameters: { resource_metadata: 'https://rs.example/.well-known/x', scope: 'a b' },
      },
    ]);
  });

  it('with several challenges, token68 and unquoted values, in any case', () => {
    expect(parseChallenges('Negotiate YWJj==, BEARER Realm=mcp , error = "invalid_token",Basic')).toEqual([
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'bearer', parameters: { realm: 'mcp', error: 'invalid_token' } },
      { scheme: 'basic', parameters: {} },
    ]);
  });

  it('with a comma, an equals sign and escaped quotes inside a quoted value', () => {
    expect(parseChallenges('Bearer error_description="say \\"a=b\\", then c"')).toEqual([
      { scheme: 'bearer', parameters: { error_description: 'say "a=b", then c' } },
    ]);
  });

  it.each([
    '',
    '=',
    'Bearer a="open',
    'Bearer a="b" c="d"',
    'Bearer a=b, a=c',
    'Bearer a="b";c="d"',
    '"Bearer"',
  ])('as nothing at all if it is malformed: %s', (header) => {
    expect(parseChallenges(header)).toBeUndefined();
  });

  it('without backtracking, however long and strange it is', () => {
    expect(parseChallenges(`Bearer a="${'\\"'.repeat(30_000)}`)).toBeUndefined();
    expect(parseChallenges(`Bearer ${'a'.repeat(60_000)}`)).toHaveLength(1);
    expect(parseChallenges(`Bearer ${'a,'.repeat(30_000)}b"`)).toBeUndefined();
  });
});

describe('a Bearer challenge is written', () => {
  it('so that it reads back as it was, whatever the values hold', () => {
    const parameters = { error: 'invalid_token', error_description: 'a "quoted" \\ value, with = and ,' };
    expect(parseChallenges(buildBearerChallenge(parameters))).toEqual([{ scheme: 'bearer', parameters }]);
  });

  it('without a way to add a header line', () => {
    expect(buildBearerChallenge({ scope: 'a\r\nset-cookie: b=c' })).toBe('Bearer scope="a??set-cookie: b=c"');
  });

  it('without the parameters that are not there', () => {
    expect(buildBearerChallenge({ error: undefined })).toBe('Bearer');
  });
});
