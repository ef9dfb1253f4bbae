import { describe, expect, it } from 'vitest';
import { isAppScheme, isSameRedirectUri, redirectUriFault } from '../../../src/shared/oauth/redirect-uri.js';
import { verifies } from '../../verifies.js';

describe('a requested redirect URI is the registered one', () => {
  it.each([
    ['https://app.example/cb', 'https://app.example/cb'],
    ['http://127.0.0.1/', 'http://127.0.0.1:49152/'],
    ['http://127.0.0.1:33418/', 'http://127.0.0.1:50000/'],
    ['http://localhost/callback', 'http://localhost:3118/callback'],
    ['http://[::1]:1/cb?x=1', 'http://[::1]:2/cb?x=1'],
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'cursor://anysphere.cursor-mcp/oauth/callback'],
  ])('%s matches %s', (registered, requested) => {
    expect(isSameRedirectUri(registered, requested)).toBe(true);
  });

  it.each([
    ['https://app.example/cb', 'https://app.example/cb/'],
    ['https://app.example/cb', 'https://app.example:8443/cb'],
    ['https://app.example/cb', 'https://app.example.evil.example/cb'],
    ['https://app.example/cb', 'https://app.example/cb?next=evil'],
    ['https://app.example/cb', 'HTTPS://app.example/cb'],
    ['http://127.0.0.1/', 'http://localhost/'],
    ['http://127.0.0.1/', 'http://127.0.0.1:1@evil.example/'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1/other'],
    ['http://localhost/cb', 'http://localhost.evil.example/cb'],
    ['http://localhost/cb', 'https://localhost/cb'],
    ['http://localhost/a', 'http://localhost:80/b/../a'],
    ['http://localhost/cb?a=1', 'http://localhost:5/cb?a=2'],
  ])('%s does not match %s', (registered, requested) => {
    expect(isSameRedirectUri(registered, requested)).toBe(false);
  });
});

describe('a scheme that is allowed', () => {
  it('is good for redirect URIs of that scheme, and only for those', () => {
    expect(redirectUriFault('myapp://cb', ['myapp'])).toBeUndefined();
    expect(redirectUriFault('MyApp:/cb', ['myapp'])).toBeUndefined();
    expect(redirectUriFault('myapp2://cb', ['myapp'])).toContain('scheme myapp2');
    expect(redirectUriFault('myapp://cb#part', ['myapp'])).toContain('fragment');
    expect(redirectUriFault('http://app.example/', ['myapp'])).toContain('plain http');
  });

  it.each(['myapp', 'com.example.app', 'my-app', 'x2'])('can be %s', (scheme) => {
    expect(isAppScheme(scheme)).toBe(true);
  });

  it.each(['', 'javascript', 'JavaScript', 'data', 'http', 'https', 'file', 'myapp:', '2x', 'a b'])(
    'cannot be %j',
    (scheme) => {
      expect(isAppScheme(scheme)).toBe(false);
    },
  );
});

describe('a value may be registered as a redirect URI', () => {
  it.each([
    'https://app.example/cb?x=1',
    'http://localhost:8787/callback',
    'http://127.0.0.1/',
    'http://[::1]:3000/cb',
    'cursor://anysphere.cursor-mcp/oauth/callback',
    'com.example.app:/oauth',
  ])('%s', (uri) => {
    expect(redirectUriFault(uri)).toBeUndefined();
  });

  verifies.each([
    ['/relative', 'absolute'],
    ['https://app.example/cb#part', 'fragment'],
    ['http://app.example/cb', 'plain http'],
    ['javascript:alert(1)', 'scheme javascript'],
    ['data:text/html,x', 'scheme data'],
    ['file:///etc/passwd', 'scheme file'],
    ['cursor://other/callback', 'scheme cursor'],
    ['https://user:pass@app.example/', 'user information'],
    ['https://app.example/a b', 'space'],
    ['https://app.example/\r\nx', 'space'],
    ['http://localhost\\@evil.example/', 'another character'],
    ['http:localhost/cb', 'does not begin with http://'],
    ['http:///localhost/cb', 'does not begin with http://'],
    ['https:/app.example/cb', 'does not begin with https://'],
    ['http://localhost/cb?code=theirs', 'code in its query'],
    ['https://app.example/cb?iss=theirs', 'iss in its query'],
    ['com.example.app:/oauth?state=theirs', 'state in its query'],
  ])(
    [
      'rfc7591-5-redirect-kinds',
      'rfc8252-8.4-reverse-domain',
      'rfc8252-8.4-period',
      'oauth2.1-2.3.1-private-use',
      'oauth2.1-2.3.1-period',
    ],
    'unless it is %j',
    (uri, fault) => {
      expect(redirectUriFault(uri)).toContain(fault);
    },
  );
});
