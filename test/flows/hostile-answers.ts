import fc from 'fast-check';
import { ACCESS_TOKEN, AS_METADATA, CHALLENGE, RESOURCE_METADATA, TOKEN_RESPONSE } from './support.js';

/** Offers whatever makes a flow longer. */
export const METADATA = {
  ...AS_METADATA,
  revocation_endpoint: 'https://as.example/revoke',
  token_endpoint_auth_methods_supported: [
    'none',
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
  ],
};

/** What the client is registered as, with secrets of its own. */
export const REGISTRATION = {
  client_id: 'registered-1',
  client_secret: 'registered-secret/0123456789+abcdef=',
  client_secret_expires_at: 0,
  token_endpoint_auth_method: 'client_secret_basic',
  registration_access_token: 'registration-access-token-0123456789',
  registration_client_uri: 'https://as.example/register/registered-1',
};

/** Where an answer has this, everything comes back that the server was told and has told by then. */
export const ECHO = '@@echo@@';

const EVIL_TEXT = '\u001b]0;owned\u0007\u001b[2J\u202Eevil\u009b31m\r\nforged\u0000line\u2028';

/** What a hostile server puts where something else is due. */
const evilText = fc.oneof(
  fc.constant(EVIL_TEXT),
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'http://',
  ),
  fc.constantFrom(
    'http://169.254.169.254/x',
    'http://127.0.0.1:22/',
    'https://u:secret@as.example/',
    'https://as.example',
  ),
  fc.string({ maxLength: 40 }),
  fc.constant('x'.repeat(20_000)),
  fc.constantFrom(ECHO, `leak ${ECHO} leak`, 'x'.repeat(590) + ECHO),
);
const evilValue: fc.Arbitrary<unknown> = fc.oneof(
  evilText,
  fc.constantFrom<unknown>(null, true, 7, -1, 1e308, {}, []),
  fc.array(evilText, { maxLength: 4 }),
  fc.dictionary(fc.constantFrom('__proto__', 'a', 'token', EVIL_TEXT), evilText, { maxKeys: 3 }),
  fc
    .constantFrom(1000, 20_000)
    .map((length) => Array.from({ length }, (_, index) => `https://as.example/${index}`)),
);

/** A document of the right form, some members of which are not. */
function evilDocument(good: Readonly<Record<string, unknown>>): fc.Arbitrary<string> {
  const name = fc.oneof(
    fc.constantFrom(...Object.keys(good), 'error'),
    fc.constantFrom('__proto__', 'error', 'extra'),
  );
  return fc
    .array(fc.tuple(name, evilValue), { maxLength: 4 })
    .chain((changes) =>
      fc
        .boolean()
        .map((first) =>
          JSON.stringify(
            first ? { ...Object.fromEntries(changes), ...good } : { ...good, ...Object.fromEntries(changes) },
          ),
        ),
    );
}

const broken = fc.constantFrom(
  '',
  'null',
  '[]',
  '{"a":',
  '<p role=alert>no</p>',
  `<title>${ECHO}</title><p role=alert>${ECHO}</p>`,
  ECHO,
  `data: ${ECHO}\n\n`,
  '<form '.repeat(10_000),
  '<!--'.repeat(10_000),
  '<script>'.repeat(10_000),
  '['.repeat(100_000),
  '{"a":'.repeat(20_000),
  `{"access_token":"${ACCESS_TOKEN}","x":"${ECHO}`,
  'data: x\n'.repeat(10_000),
  '\u0000'.repeat(1000),
  '"\\"'.repeat(50_000),
);
const type = fc.constantFrom(
  'application/json',
  'text/html',
  'text/event-stream',
  'application/x-www-form-urlencoded',
  'x',
);
const status = fc.constantFrom(200, 200, 200, 201, 204, 301, 302, 400, 401, 403, 404, 405, 429, 500, 503);
const challenge = fc.oneof(
  fc.constant(CHALLENGE),
  fc.constantFrom(
    'Bearer',
    'Basic realm="x"',
    'Bearer scope="' + 'a '.repeat(4000) + '"',
    'Bearer "',
    ',,,,',
    'Bearer a=',
  ),
  fc.constantFrom(
    'Bearer resource_metadata="http://10.0.0.1/x"',
    'Bearer resource_metadata="javascript:alert(1)"',
    'Bearer error="insufficient_scope", scope="more"',
    `Bearer error="invalid_token", error_description="${ECHO}"`,
  ),
);

const headers = fc.record({
  'content-type': type,
  'www-authenticate': challenge,
  location: fc.constantFrom('/', 'http://127.0.0.1/', '//x', `/?x=${ECHO}`, `/login#${ECHO}`),
});

/** What a hostile server answers, before {@link ECHO} is filled in. */
export interface Answer {
  readonly body: string;
  readonly status: number;
  readonly headers: Record<string, string>;
}

function answers(good: Readonly<Record<string, unknown>>): fc.Arbitrary<Answer> {
  return fc.record({ body: fc.oneof({ weight: 4, arbitrary: evilDocument(good) }, broken), status, headers });
}

const MCP_ANSWER = {
  jsonrpc: '2.0',
  id: 1,
  result: { supportedVersions: ['2026-07-28'], tools: [{ name: 'x' }] },
};

/** The answers of one route as the attacker likes, sometimes of two. */
export const attack: fc.Arbitrary<readonly (readonly [route: string, answer: Answer])[]> = fc.uniqueArray(
  fc.oneof(
    ...[
      ['POST mcp.example/mcp', MCP_ANSWER],
      ['GET mcp.example/.well-known/oauth-protected-resource/mcp', RESOURCE_METADATA],
      ['GET as.example/.well-known/oauth-authorization-server', METADATA],
      ['POST as.example/register', REGISTRATION],
      ['POST as.example/token', TOKEN_RESPONSE],
      ['POST as.example/revoke', {}],
      ['GET as.example/authorize', {}],
      ['POST as.example/login', {}],
      ['POST mcp.example/token', {}],
    ].map(([route, good]) =>
      answers(good as Readonly<Record<string, unknown>>).map((answer) => [route as string, answer] as const),
    ),
  ),
  { minLength: 1, maxLength: 2, selector: ([route]) => route },
);
