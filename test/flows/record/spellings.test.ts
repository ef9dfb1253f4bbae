import { describe, expect, it } from 'vitest';
import { redactedMessages } from '../../../src/flows/record/redacted-messages.js';

const SECRET = 'Zq7-hX0vPq3rT9wLk2mN8bC4dF6gH1jS';
const PASSWORD = 'hunter2';
const URL_ = 'https://as.example/login';

interface Messages {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly answer?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: string };
}

function recorded({ url = URL_, headers = {}, body = '', answer = {} }: Messages): string {
  return JSON.stringify(
    redactedMessages({ url, headers: new Headers(headers), body }, 'POST', {
      status: 200,
      headers: new Headers(answer.headers),
      body: answer.body ?? '',
      truncated: false,
    }),
  );
}

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };
const encodedTwice = (text: string) => encodeURIComponent(encodeURIComponent(text));

const HIDING_PLACES: readonly (readonly [place: string, messages: Messages])[] = [
  ['a number as password', { headers: JSON_TYPE, body: '{"pin":48151623}' }],
  ['a token in camel case', { answer: { headers: JSON_TYPE, body: `{"accessToken":"${SECRET}"}` } }],
  ['a token in capitals', { answer: { headers: JSON_TYPE, body: `{"Access_Token":"${SECRET}"}` } }],
  ['a key of an API', { answer: { headers: JSON_TYPE, body: `{"apiKey":"${SECRET}"}` } }],
  ['a random code in JSON', { answer: { headers: JSON_TYPE, body: `{"code":"${SECRET}"}` } }],
  [
    'JSON inside of a text inside of a text of JSON',
    {
      answer: {
        headers: JSON_TYPE,
        body: JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ access_token: SECRET }) }) }),
      },
    },
  ],
  ['JSON that breaks off', { headers: JSON_TYPE, body: `{"password":"${PASSWORD}","more":` }],
  ['the token of another request in a text', { answer: { body: `Authorization: Bearer ${SECRET}` } }],
  ['Basic credentials in a text', { answer: { body: `Authorization: Basic ${SECRET}` } }],
  [
    'a JSON Web Token that nothing marks',
    { answer: { headers: JSON_TYPE, body: `{"x":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI3In0x.${SECRET}"}` } },
  ],
  ['the key of an API in a header', { headers: { 'x-api-key': SECRET } }],
  ['a token in a header of an answer', { answer: { headers: { 'x-auth-token': SECRET } } }],
  ['a proof of DPoP', { headers: { dpop: SECRET } }],
  [
    'a form of parts',
    {
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${PASSWORD}\r\n--x--`,
    },
  ],
  ['a form without its type', { body: `client_secret=${SECRET}&x=1` }],
  ['a form of plain text', { headers: { 'content-type': 'text/plain' }, body: `password=${PASSWORD}` }],
  ['a password in a URL', { url: `${URL_}?password=${PASSWORD}` }],
  ['a password in brackets', { headers: FORM_TYPE, body: `login%5Bpass%5D=${PASSWORD}` }],
  ['a one-time code', { headers: FORM_TYPE, body: 'otp_code=48151623&totp=48151623&mfa_code=48151623' }],
  ['a URL inside of a parameter', { url: `${URL_}?to=${encodeURIComponent(`/x?ticket=${SECRET}&a=b`)}` }],
  ['a URL two levels down', { url: `${URL_}?to=${encodedTwice(`/x?ticket=${SECRET}&a=b`)}` }],
  ['a session in the path', { url: `${URL_};jsessionid=${SECRET}` }],
  ['a session in the query', { url: `${URL_}?sessionId=${SECRET}` }],
  ['a hint', { answer: { headers: { location: `https://as.example/out?id_token_hint=${SECRET}` } } }],
  [
    'a field of a page of XHTML',
    {
      answer: {
        headers: { 'content-type': 'application/xhtml+xml' },
        body: `<html><input type="hidden" name="x" value="${SECRET}"/></html>`,
      },
    },
  ],
  [
    'a field of a page without a type',
    { answer: { body: `<html><input name="x" value="${SECRET}"></html>` } },
  ],
  [
    'JSON of an event in several lines',
    {
      answer: {
        headers: { 'content-type': 'text/event-stream' },
        body: `data: {"access_token":\ndata: "${SECRET}"}\n\n`,
      },
    },
  ],
  [
    'a cookie that is repeated',
    {
      headers: { cookie: `a=b; sid=${SECRET}` },
      answer: { headers: JSON_TYPE, body: `{"headers":{"x":"sid=${SECRET}"}}` },
    },
  ],
];

describe('a secret is not written down, however other servers and clients spell it', () => {
  it.each(HIDING_PLACES)('%s', (_place, messages) => {
    const text = recorded(messages);
    for (const secret of [SECRET, PASSWORD, '48151623']) expect(text).not.toContain(secret);
  });
});

describe('what is no secret stays readable', () => {
  it.each<readonly [string, Messages, string]>([
    [
      'the parameters of a challenge',
      { answer: { headers: { 'www-authenticate': 'Bearer resource_metadata2="x"' } } },
      'resource_metadata2=',
    ],
    [
      'the type of a token',
      { answer: { headers: JSON_TYPE, body: '{"token_type":"Bearer","expires_in":60}' } },
      'Bearer',
    ],
    [
      'the code of an error',
      { answer: { headers: JSON_TYPE, body: '{"code":"invalid_redirect_uri_of_client"}' } },
      'invalid_redirect_uri_of_client',
    ],
    [
      'the parameters of an authorization request',
      { url: `${URL_}?client_id=abc&state=s1&code_challenge=${SECRET}&scope=mcp%3Aread` },
      `client_id=abc&state=s1&code_challenge=${SECRET}&scope=mcp%3Aread`,
    ],
    ['the type of a hint', { headers: FORM_TYPE, body: 'token_type_hint=refresh_token' }, 'refresh_token'],
  ])('%s', (_what, messages, readable) => {
    expect(recorded(messages).replaceAll('\\"', '"')).toContain(readable);
  });
});

describe('texts that are made to take long', () => {
  it.each([
    ['names of parameters', '&a%3F'.repeat(13_000)],
    ['escapes', '%25'.repeat(21_000)],
    ['beginnings of tokens', 'eyJ-'.repeat(16_000)],
    ['tokens behind each other', 'eyJaaaaaaaaaaaaaaaaaa.'.repeat(2900)],
    ['schemes', 'Bearer '.repeat(9000)],
    ['a long scheme', `Bearer ${'a'.repeat(60_000)}`],
    ['quotes', '"a":"'.repeat(13_000)],
    ['backslashes', `\\"a${'\\'.repeat(60_000)}`],
    ['alike secrets', `${'token='}${'A'.repeat(200)}&`.repeat(300)],
  ])('cost little: %s', (_what, body) => {
    const begin = performance.now();
    recorded({ body, headers: { 'content-type': 'text/plain' }, answer: { body } });
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});
