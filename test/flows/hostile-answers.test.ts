import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import {
  ACCESS_TOKEN,
  AS_METADATA,
  CHALLENGE,
  CODE,
  createForeignPair,
  inspect,
  redirectBack,
  RESOURCE_METADATA,
  TOKEN_RESPONSE,
} from './support.js';

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
  fc.constantFrom(ACCESS_TOKEN, `leak ${ACCESS_TOKEN} leak`, encodeURIComponent(`${CODE}&${ACCESS_TOKEN}`)),
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
    .map((changes) => JSON.stringify({ ...good, ...Object.fromEntries(changes) }));
}

const broken = fc.constantFrom(
  '',
  'null',
  '[]',
  '{"a":',
  '<p role=alert>no</p>',
  '<form '.repeat(10_000),
  '<!--'.repeat(10_000),
  '<script>'.repeat(10_000),
  '['.repeat(100_000),
  '{"a":'.repeat(20_000),
  `{"access_token":"${ACCESS_TOKEN}","x":`,
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
  ),
);

const headers = fc.record({
  'content-type': type,
  'www-authenticate': challenge,
  location: fc.constantFrom('/', 'http://127.0.0.1/', '//x'),
});

interface Answer {
  readonly body: string;
  readonly status: number;
  readonly headers: Record<string, string>;
}

function answers(good: Readonly<Record<string, unknown>>): fc.Arbitrary<Answer> {
  return fc.record({ body: fc.oneof({ weight: 4, arbitrary: evilDocument(good) }, broken), status, headers });
}

function responseOf({ body, status: code, headers: sent }: Answer): () => Response {
  return () => new Response(code === 204 ? null : body, { status: code, headers: sent });
}

const MCP_ANSWER = {
  jsonrpc: '2.0',
  id: 1,
  result: { supportedVersions: ['2026-07-28'], tools: [{ name: 'x' }] },
};

/** One route of many answers as the attacker likes, sometimes two. */
const attack = fc.uniqueArray(
  fc.oneof(
    answers(MCP_ANSWER).map((answer) => ['POST mcp.example/mcp', answer] as const),
    answers(RESOURCE_METADATA).map(
      (answer) => ['GET mcp.example/.well-known/oauth-protected-resource/mcp', answer] as const,
    ),
    answers(AS_METADATA).map(
      (answer) => ['GET as.example/.well-known/oauth-authorization-server', answer] as const,
    ),
    answers({ client_id: 'c', token_endpoint_auth_method: 'none' }).map(
      (answer) => ['POST as.example/register', answer] as const,
    ),
    answers(TOKEN_RESPONSE).map((answer) => ['POST as.example/token', answer] as const),
    answers({}).map((answer) => ['GET as.example/authorize', answer] as const),
    answers({}).map((answer) => ['POST mcp.example/token', answer] as const),
  ),
  { minLength: 1, maxLength: 2, selector: ([route]) => route },
);

it('whatever a server answers, the run ends in bounded time, says so once, and shows neither secrets nor control characters', async () => {
  await fc.assert(
    fc.asyncProperty(
      attack,
      fc.constantFrom(undefined, '2025-03-26', '2025-11-25'),
      async (routes, revision) => {
        const pair = createForeignPair({
          'GET as.example/authorize': redirectBack({}),
          ...Object.fromEntries(routes.map(([route, answer]) => [route, responseOf(answer)])),
        });
        const started = performance.now();
        const { document, text } = await inspect(pair.fetch, {
          timeoutSeconds: 5,
          ...(revision !== undefined && { revision }),
        });
        expect(performance.now() - started).toBeLessThan(10_000);
        expect(flowDocument.safeParse(document).error).toBeUndefined();
        expect(document.exchanges.length).toBeLessThanOrEqual(200);
        expect(pair.requests.every((request) => /^[A-Z]+ https:\/\/(mcp|as)\.example\//.test(request))).toBe(
          true,
        );
        expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
        // Only what the run itself was given and used is its secret: a token that nobody issued to it is a word.
        const used = document.steps.some(({ id, outcome }) => id === 'token' && outcome === 'done');
        if (used)
          expect(JSON.stringify(document.exchanges.filter(({ step }) => step === 'mcp-call'))).not.toContain(
            ACCESS_TOKEN,
          );
        expect(JSON.stringify(document).length).toBeLessThan(16 * 1024 * 1024);
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 15_000 },
  );
});
