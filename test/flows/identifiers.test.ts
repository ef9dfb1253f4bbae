import { describe, expect, it } from 'vitest';
import { compareIdentifiers } from '../../src/flows/index.js';

const METADATA = 'resource of the protected resource metadata';
const SERVERS = 'authorization_servers of the protected resource metadata';
const ASKED = 'redirect_uri of the authorization request';

function difference(kind: 'issuer' | 'resource', should: string, found: string) {
  const where = kind === 'issuer' ? SERVERS : METADATA;
  return compareIdentifiers([
    { kind, value: should, where },
    { kind, value: found, where: 'elsewhere' },
  ]).find(({ value }) => value === found)?.difference;
}

describe('identifiers', () => {
  it.each([
    ['https://as.example', 'https://as.example/', 18, 'has a slash at the end'],
    ['https://as.example/', 'https://as.example', 18, 'lacks the slash at the end'],
    ['https://as.example/T', 'https://as.example/t', 19, 'differs in upper and lower case'],
    ['https://as.example/a%2Fb', 'https://as.example/a/b', 20, 'differs in what is percent-encoded'],
    ['https://as.example', 'http://as.example', 4, 'has another scheme'],
    ['https://as.example', 'https://as.example:443', 18, 'is the same URL in another spelling'],
    [
      'http://localhost:9000',
      'http://127.0.0.1:9000',
      7,
      'names this machine 127.0.0.1 instead of localhost',
    ],
    ['http://localhost:9000', 'http://localhost:9001', 20, 'has another port'],
    ['https://as.example/one/two', 'https://as.example/one', 22, 'lacks the end of the path'],
    ['https://as.example/one', 'https://as.example/two', 19, 'has another path'],
    ['https://as.example', 'https://other.example/x', 8, 'has another host, path'],
    ['https://as.example', 'my-api', 0, 'is another text'],
  ])('of which one is %s and the other %s part at index %i: it %s', (should, found, at, inWords) => {
    expect(difference('issuer', should, found)).toEqual({
      to: should,
      at,
      inWords: expect.stringContaining(inWords),
    });
  });

  it('says which character is there instead of which, counted from 1', () => {
    expect(difference('issuer', 'https://as.example/a', 'https://as.example/b')?.inWords).toContain(
      'character 20 is "b" instead of "a"',
    );
    expect(difference('issuer', 'https://as.example', 'https://as.example/')?.inWords).toContain(
      'the other ends before character 19, where it has "/"',
    );
  });

  it('that are the same differ from nothing, and are listed once with all places', () => {
    const seen = [METADATA, 'resource of the authorization request', METADATA];
    expect(
      compareIdentifiers(seen.map((where) => ({ kind: 'resource', value: 'https://mcp.example', where }))),
    ).toEqual([
      {
        kind: 'resource',
        value: 'https://mcp.example',
        where: [METADATA, 'resource of the authorization request'],
        difference: null,
      },
    ]);
  });

  it('are held against what the metadata says, whatever was seen first', () => {
    const [server, metadata] = compareIdentifiers([
      { kind: 'resource', value: 'https://mcp.example/mcp/', where: 'URL of the MCP server' },
      { kind: 'resource', value: 'https://mcp.example/mcp', where: METADATA },
    ]);
    expect(server?.difference).toMatchObject({ to: 'https://mcp.example/mcp', at: 23 });
    expect(metadata?.difference).toBeNull();
  });

  it('of several authorization servers are each good by themselves; a stranger is held against the nearest', () => {
    const compared = compareIdentifiers([
      { kind: 'issuer', value: 'https://one.example', where: SERVERS },
      { kind: 'issuer', value: 'https://two.example', where: SERVERS },
      { kind: 'issuer', value: 'https://two.example/', where: 'iss of the authorization response' },
    ]);
    expect(compared.map(({ difference: found }) => found?.to ?? null)).toEqual([
      null,
      null,
      'https://two.example',
    ]);
  });

  it.each([
    ['http://127.0.0.1:4000/callback', null],
    ['http://127.0.0.1:4000/other', 'path'],
    ['http://localhost:3000/callback', 'names this machine localhost'],
  ])('of a callback on loopback may differ in the port, and in nothing else: %s', (value, inWords) => {
    const compared = compareIdentifiers([
      { kind: 'redirect_uri', value: 'http://127.0.0.1:3000/callback', where: ASKED },
      { kind: 'redirect_uri', value, where: 'URL of the callback' },
    ])[1]?.difference;
    if (inWords === null) expect(compared).toBeNull();
    else expect(compared?.inWords).toContain(inWords);
  });

  it('of a callback elsewhere may not differ in the port', () => {
    const [, other] = compareIdentifiers([
      { kind: 'redirect_uri', value: 'https://app.example/callback', where: ASKED },
      { kind: 'redirect_uri', value: 'https://app.example:8443/callback', where: 'URL of the callback' },
    ]);
    expect(other?.difference?.inWords).toContain('port');
  });

  it('that are audiences are held against the resource; one of several is enough', () => {
    const resource = { kind: 'resource', value: 'https://mcp.example', where: METADATA } as const;
    const audience = (value: string) =>
      ({ kind: 'audience', value, where: 'aud of the access token' }) as const;
    expect(compareIdentifiers([resource, audience('https://api.example')])[1]?.difference?.to).toBe(
      'https://mcp.example',
    );
    expect(
      compareIdentifiers([resource, audience('https://api.example'), audience('https://mcp.example')]).map(
        ({ difference: found }) => found,
      ),
    ).toEqual([null, null, null]);
  });

  it('where nothing says what counts are held against the first', () => {
    const [, other] = compareIdentifiers([
      { kind: 'issuer', value: 'https://one.example', where: 'a' },
      { kind: 'issuer', value: 'https://one.example/', where: 'b' },
    ]);
    expect(other?.difference?.to).toBe('https://one.example');
  });
});
