import { describe, expect, it } from 'vitest';
import { isAddressedToLoopback, isLoopbackOrigin } from '../../../src/shared/http/loopback.js';

const sent = (headers: Record<string, string>, url = 'http://localhost:9000/') =>
  isAddressedToLoopback(new Request(url, { headers }));

describe('a request is addressed to this machine', () => {
  it.each<Record<string, string>>([
    {},
    { host: 'localhost:9000' },
    { host: '127.0.0.1' },
    { host: '[::1]:9000' },
    { host: 'as.localhost:9000' },
    { host: 'localhost:9000', 'x-forwarded-host': 'localhost:5173', 'x-forwarded-for': '127.0.0.1' },
    { 'x-forwarded-for': '::1, ::ffff:127.0.0.1' },
    { forwarded: 'for="[::1]:1234";host=localhost;proto=http' },
  ])('with %j', (headers) => {
    expect(sent(headers)).toBe(true);
  });

  it.each<Record<string, string>>([
    { host: 'tunnel.example' },
    { host: 'localhost.:9000' },
    { host: 'localhost.tunnel.example' },
    { host: '127.0.0.1.tunnel.example' },
    { host: 'localhost:9000', 'x-forwarded-host': 'tunnel.example' },
    { host: 'localhost:9000', 'x-forwarded-for': '192.0.2.1' },
    { 'x-forwarded-for': '127.0.0.1, 192.0.2.1' },
    { 'x-forwarded-for': '2001:db8::1' },
    { forwarded: 'for=192.0.2.1' },
    { forwarded: 'for=127.0.0.1;proto=https;host="tunnel.example"' },
    { forwarded: 'for=_hidden' },
  ])('but not with %j', (headers) => {
    expect(sent(headers)).toBe(false);
  });

  it('only if the request target says so too', () => {
    expect(sent({ host: 'localhost' }, 'http://tunnel.example/')).toBe(false);
  });
});

describe('an origin is a page of this machine', () => {
  it.each([
    'http://localhost',
    'http://localhost:6274',
    'https://127.0.0.1:8443',
    'http://[::1]:3000',
    'http://app.localhost:5173',
  ])('if it is %s', (origin) => {
    expect(isLoopbackOrigin(origin)).toBe(true);
  });

  it.each([
    'null',
    '',
    'https://app.example',
    'http://localhost.example',
    'http://localhost:3000/',
    'http://localhost:3000/page',
    'http://localhost:3000?query',
    'http://user@localhost:3000',
    'http://LOCALHOST:3000',
    'http://localhost:80',
    'http://localhost, http://app.example',
    'ws://localhost:3000',
    'vscode-webview://localhost',
  ])('but not if it is %j', (origin) => {
    expect(isLoopbackOrigin(origin)).toBe(false);
  });
});
