import fc from 'fast-check';

/** What would be markup if a page let it be: out of an attribute, out of a tag, and a script. */
export const MARKUP = `"'><svg onload=x>`;

/** Texts that some parser, template, log or store has stumbled over. */
const KNOWN_TRICKS: readonly string[] = [
  MARKUP,
  `</style></title><script>x</script>`,
  '\r\nset-cookie: a=b\r\n\r\n<html>',
  'a\nb',
  '\0',
  'user\0admin',
  '\u202Etxt.exe',
  '\u2028',
  '\uD800',
  '\uFEFF',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'null',
  'undefined',
  'NaN',
  'true',
  '-1',
  '1e309',
  '٣',
  '[object Object]',
  '${7*7}{{7*7}}<%= 7*7 %>',
  '../../../etc/passwd',
  '%0d%0aset-cookie:%20a=b',
  '%',
  '%zz',
  "' OR ''='",
  ' ',
  '\t',
  ' user  user ',
  ',',
  '"\\',
  ';',
  '&client_id=demo-preset',
  '#fragment',
  'x'.repeat(600),
  'é'.repeat(2000),
];

/** URIs that lead elsewhere, whatever they look like. */
const URIS: readonly string[] = [
  'javascript:alert(1)//http://127.0.0.1:33418/',
  'JaVaScRiPt://127.0.0.1/%0aalert(1)',
  'data:text/html,<svg onload=x>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:http://127.0.0.1:33418/x',
  '//evil.example/',
  '/\\evil.example/',
  'http:evil.example',
  'https://evil.example/',
  'https://app.example.evil.example/cb',
  'https://app.example@evil.example/cb',
  'https://evil.example\\@app.example/cb',
  'https://evil.example#@app.example/cb',
  'https://app.example/cb/../../evil',
  'https://app.example:8443/cb?kept=1',
  'https://APP.example/cb?kept=1',
  'https://app.example/cb?kept=1#part',
  'https://app.example/cb?kept=1&code=theirs',
  'https://app。example/cb',
  'http://127.0.0.1:33418@evil.example/',
  'http://127.0.0.1:33418.evil.example/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://127.0.0.1:99999/',
  'http://127.0.0.1:1/\r\nlocation: https://evil.example/',
  'http://localhost\t.evil.example/',
  'http://[::1]:1/',
  'http://[::ffff:127.0.0.1]/',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'cursor://evil/oauth/callback',
  'https://app.example/oauth/client.json',
  'https://nowhere.example/client.json',
  'http://169.254.169.254/latest/meta-data/',
];

/** A text as nobody should send it. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...KNOWN_TRICKS),
  fc.constantFrom(...URIS),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'binary-ascii', maxLength: 30 }),
  fc.constant(''),
);

/** The same, in the characters that a header can carry, and short enough for a server to take it. */
export const hostileHeader: fc.Arbitrary<string> = fc
  .oneof(hostileText, fc.constant('x'.repeat(6000)))
  .map((text) =>
    text
      .replace(/[^\t\x20-\x7E\x80-\xFF]/g, '')
      .trim()
      .slice(0, 6000),
  );

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** `Authorization` headers: other schemes, halves, garbage, and credentials that are almost right. */
export const hostileAuthorization: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'Basic',
    'Basic ',
    'Basic %%%',
    'Basic =',
    'Bearer',
    'Bearer a b',
    'Bearer ,',
    'Digest username="demo-rs"',
    'Negotiate YWJj, Basic YTpi',
    `Basic ${base64(':')}`,
    `Basic ${base64('demo-rs')}`,
    `Basic ${base64('demo-rs:')}`,
    `Basic ${base64('%:%zz')}`,
    `Basic ${base64('__proto__:constructor')}`,
    `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString('base64')}`,
    `Basic ${'A'.repeat(6000)}`,
    `Bearer ${'a'.repeat(6000)}`,
  ),
  hostileText.map((text) => `Basic ${base64(text.slice(0, 4000))}`),
  hostileText.map((text) => `Basic ${base64(`secret-client:${text.slice(0, 4000)}`)}`),
  hostileText.map((text) => `Bearer ${base64url(text.slice(0, 4000))}`),
  hostileHeader,
);

/** Values that JSON can hold and nobody expects, deep ones and those with odd names among them. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e308,
    [],
    {},
    [[]],
    [null],
    ['', ''],
    { toString: 'x' },
    { length: 3 },
    JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}'),
    JSON.parse('['.repeat(500) + ']'.repeat(500)),
  ),
  fc.array(hostileText, { maxLength: 8 }),
);

/** JWTs that nobody signed, of a client that is known by its keys. */
export function hostileAssertion(client: string): fc.Arbitrary<string> {
  const header = fc.oneof(
    fc.constantFrom<unknown>(
      { alg: 'none' },
      { alg: 'HS256' },
      { alg: 'ES256', crit: ['x'], x: 1 },
      { alg: 'ES256', b64: false, crit: ['b64'] },
      { alg: 'ES256', kid: '__proto__' },
      { alg: 'ES256', jwk: { kty: 'oct', k: 'AA' }, jku: 'https://evil.example/' },
      { alg: ['ES256'] },
      'no json',
    ),
    hostileJson,
  );
  const payload = fc.oneof(
    hostileJson.map((jti) => ({ iss: client, sub: client, jti })),
    hostileJson,
  );
  return fc
    .tuple(header, payload, fc.constantFrom('', 'AAAA', '%', 'A'.repeat(86), 'a.b'))
    .map(([head, claims, signature]) => `${base64url(head)}.${base64url(claims)}.${signature}`);
}
