import { describe, expect, it } from 'vitest';
import { isCodeVerifier, isS256Challenge, s256Challenge } from '../../../src/shared/oauth/pkce.js';
import { isResourceIdentifier, isSameResource } from '../../../src/shared/oauth/resource.js';
import { routeOf } from '../../../src/shared/oauth/routes.js';
import { parseScope } from '../../../src/shared/oauth/scope.js';
import { hasPlainPath } from '../../../src/shared/oauth/uri.js';
import { authorizationServerMetadataLocations, wellKnownUrl } from '../../../src/shared/oauth/well-known.js';

describe('PKCE', () => {
  it('makes the challenge of the example in RFC 7636, appendix B', () => {
    expect(s256Challenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('takes verifiers of 43 to 128 unreserved characters, and challenges of 43', () => {
    expect([42, 43, 128, 129].map((length) => isCodeVerifier('a'.repeat(length)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isCodeVerifier(`${'a'.repeat(43)}+`)).toBe(false);
    expect([42, 43, 44].map((length) => isS256Challenge('a'.repeat(length)))).toEqual([false, true, false]);
    expect(isS256Challenge(`${'a'.repeat(42)}=`)).toBe(false);
  });
});

describe('resource identifiers', () => {
  it('are absolute http(s) URIs without a fragment', () => {
    const good = [
      'https://mcp.example.com',
      'http://localhost:8001/mcp',
      'https://mcp.example.com:8443/a?b=c',
    ];
    const bad = [
      'mcp.example.com',
      'https://mcp.example.com#f',
      'https://mcp.example.com/#',
      'urn:x:y',
      'https://u@h/',
      'http:localhost/mcp',
      'http://localhost/m\ncp',
      'http://localhost/\u202Emcp',
      '',
    ];
    expect(good.filter(isResourceIdentifier)).toEqual(good);
    expect(bad.filter(isResourceIdentifier)).toEqual([]);
  });

  it('are the same but for the case of scheme and host, a default port and one trailing slash', () => {
    expect(isSameResource('HTTPS://MCP.example.com:443/mcp/', 'https://mcp.example.com/mcp')).toBe(true);
    expect(isSameResource('https://mcp.example.com', 'https://mcp.example.com/')).toBe(true);
    expect(isSameResource('https://mcp.example.com/mcp', 'https://mcp.example.com/MCP')).toBe(false);
    expect(isSameResource('https://mcp.example.com/mcp', 'https://mcp.example.com/mcp//')).toBe(false);
    expect(isSameResource('https://mcp.example.com/mcp', 'https://mcp.example.com/mcp2')).toBe(false);
    expect(isSameResource('https://mcp.example.com/mcp/?a=b', 'https://mcp.example.com/mcp?a=b')).toBe(true);
    expect(isSameResource('https://mcp.example.com/mcp?a=/', 'https://mcp.example.com/mcp?a=')).toBe(false);
    expect(isSameResource('https://mcp.example.com/mcp?a/?b', 'https://mcp.example.com/mcp?a?b')).toBe(false);
    expect(isSameResource('http://localhost:8001/mcp', 'http://127.0.0.1:8001/mcp')).toBe(false);
  });
});

describe('a plain path', () => {
  it('has nothing in it that a router or a parser takes for something else', () => {
    const good = [
      'https://h',
      'https://h/',
      'http://h:80/a/b.c',
      'http://[::1]:8001/mcp/',
      'https://h/...',
      'https://h/~a?b=/:c',
    ];
    const bad = [
      'https://h/:a',
      'https://h/*',
      'https://h/a%2Fb',
      'https://h//a',
      'https://h/a/./b',
      'https://h/..',
    ];
    expect(good.filter(hasPlainPath)).toEqual(good);
    expect(bad.filter(hasPlainPath)).toEqual([]);
  });
});

describe('well-known URLs', () => {
  it('have the suffix between host and path', () => {
    expect(wellKnownUrl('http://localhost:8001/mcp', 'oauth-protected-resource')).toBe(
      'http://localhost:8001/.well-known/oauth-protected-resource/mcp',
    );
    expect(wellKnownUrl('https://as.example/', 'oauth-authorization-server')).toBe(
      'https://as.example/.well-known/oauth-authorization-server',
    );
  });

  it('are tried in the order that MCP prescribes', () => {
    const urls = (issuer: string) =>
      authorizationServerMetadataLocations(issuer).map((location) => location.url);
    expect(urls('https://auth.example.com')).toEqual([
      'https://auth.example.com/.well-known/oauth-authorization-server',
      'https://auth.example.com/.well-known/openid-configuration',
    ]);
    expect(urls('https://auth.example.com/tenant1')).toEqual([
      'https://auth.example.com/.well-known/oauth-authorization-server/tenant1',
      'https://auth.example.com/.well-known/openid-configuration/tenant1',
      'https://auth.example.com/tenant1/.well-known/openid-configuration',
    ]);
  });
});

describe('scopes', () => {
  it('are parsed in order, each once, and refused with a character that is not allowed', () => {
    expect(parseScope(' user  profile user ')).toEqual(['user', 'profile']);
    expect(parseScope('')).toEqual([]);
    expect(parseScope('user "x"')).toBeUndefined();
    expect(parseScope('user\tx')).toBeUndefined();
  });
});

describe('the registration route', () => {
  it('is told by where the record comes from and whether it was used before', () => {
    expect(routeOf('preset', 3)).toBe('preset');
    expect(routeOf('dcr', 0)).toBe('dcr');
    expect(routeOf('dcr', 1)).toBe('dcr-reused');
    expect(routeOf('adopted', 5)).toBe('adopted');
    expect(routeOf(undefined, 0)).toBe('unknown');
  });
});
