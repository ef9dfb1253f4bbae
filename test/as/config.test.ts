import { describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  createAuthorizationServer,
  parsePresetClients,
  parseUsers,
} from '../../src/as/index.js';
import { verifies } from '../verifies.js';
import { createWorld, ISSUER, RESOURCE } from './support.js';

/** The option that is named, and the message. */
function faultOf(options: Record<string, unknown>): [string, string] {
  try {
    createAuthorizationServer({ issuer: 'http://localhost:9000', demoMode: true, ...options });
  } catch (error) {
    if (error instanceof ConfigurationError) return [error.option, error.message];
  }
  throw new Error('no ConfigurationError');
}

const serviceGrants = { grants: ['authorization_code', 'client_credentials'] };
const serviceClient = { client_secret: 's', grant_types: ['client_credentials'] };

describe('a configuration that cannot be served', () => {
  it.each([
    ['issuer', { issuer: 'http://localhost:9000/' }],
    ['issuer', { issuer: 'localhost:9000' }],
    ['issuer', { issuer: 'http://localhost:9000?x' }],
    ['issuer', { issuer: 'http://as.example' }],
    ['issuer', { issuer: 'http://as.example', demoMode: false, users: [{ username: 'a', password: 'b' }] }],
    ['issuer', { issuer: 'http://localhost:9000/:tenant' }],
    ['issuer', { issuer: 'http://localhost:9000/*' }],
    ['issuer', { issuer: 'http://localhost:9000/a/../b' }],
    ['issuer', { issuer: 'http://localhost:9000//a' }],
    ['issuer', { issuer: 'http://localhost:9000/a/%2e%2e' }],
    ['issuer', { issuer: 'http://localhost:9000/a b' }],
    ['metadataAtRoot', { demoMode: false, users: [{ username: 'a', password: 'b' }], metadataAtRoot: true }],
    ['users', { demoMode: false }],
    ['users', { users: [{ username: 'alice' }] }],
    ['users', { users: [{ username: 'alice', password_hash: 'md5:x' }] }],
    [
      'users',
      {
        users: [
          { username: 'a', password: 'b' },
          { username: 'a', password: 'c' },
        ],
      },
    ],
    [
      'openIntrospection',
      { demoMode: false, users: [{ username: 'a', password: 'b' }], openIntrospection: true },
    ],
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: ['two words'] }],
    ['scopes', { scopes: ['trailing '] }],
    ['defaultScopes', { defaultScopes: [] }],
    ['defaultScopes', { scopes: ['user'], defaultScopes: ['user', 'clock'] }],
    ['resources', { resources: ['not a url'] }],
    ['codeSeconds', { codeSeconds: 601 }],
    ['accessTokenSeconds', { accessTokenSeconds: 0 }],
    ['refreshTokenSeconds', { refreshTokenSeconds: 1.5 }],
    ['tokenFormat', { tokenFormat: 'paper' }],
    ['signingAlg', { tokenFormat: 'jwt', signingAlg: 'none' }],
    ['rotateKeysEverySeconds', { tokenFormat: 'jwt', rotateKeysEverySeconds: 0 }],
    ['rotateKeysEverySeconds', { rotateKeysEverySeconds: 60 }],
    ['signingAlg', { signingAlg: 'RS256' }],
    ['refreshGraceSeconds', { refreshGraceSeconds: 5, grants: ['authorization_code'] }],
    ['refreshGraceSeconds', { refreshGraceSeconds: 61 }],
    ['refreshGraceSeconds', { refreshGraceSeconds: -1 }],
    ['grants', { grants: ['refresh_token'] }],
    ['grants', { grants: ['authorization_code', 'password'] }],
    ['clients', { clients: [{ client_id: 'x', client_secret: 's', grant_types: ['client_credentials'] }] }],
    ['clients', { ...serviceGrants, clients: [{ client_id: 'x', grant_types: ['client_credentials'] }] }],
    ['allowOrigins', { allowOrigins: ['https://app.example/path'] }],
    ['unknownClients', { unknownClients: 'maybe' }],
    ['registration', { registration: [] }],
    ['redirectSchemes', { redirectSchemes: ['javascript'] }],
    ['redirectSchemes', { redirectSchemes: ['https'] }],
    ['redirectSchemes', { redirectSchemes: ['MyApp'] }],
    ['redirectSchemes', { redirectSchemes: ['myapp://'] }],
    ['clients', { clients: [{ client_id: 'x', redirect_uris: ['myapp://cb'] }] }],
    ['registration', { registration: ['dcr', 'magic'] }],
    ['registration', { registration: ['dcr'], clients: [{ client_id: 'x' }] }],
    ['clients', { clients: [{}] }],
    ['clients', { clients: [{ client_id: 'x', redirect_uris: ['javascript:alert(1)'] }] }],
    ['clients', { clients: [{ client_id: 'x' }, { client_id: 'x' }] }],
    ['clients', { clients: [{ client_id: 'x', redirect_uris: [] }] }],
    ['clients', { clients: [{ client_id: 'x', redirect_uri: 'https://a.example/cb' }] }],
    ['clients', { clients: [{ client_id: 'x', token_endpoint_auth_method: 'client_secret_post' }] }],
    ['clients', { clients: [{ client_id: 'x', client_secret: 's', token_endpoint_auth_method: 'none' }] }],
  ])('is refused by the name %s in one line: %j', (option, options) => {
    const [named, message] = faultOf(options);
    expect(named).toBe(option);
    expect(message).not.toContain('\n');
  });

  it('says where and what', () => {
    expect(faultOf({ clients: [{ client_id: 'x', redirect_uris: ['javascript:alert(1)'] }] })[1]).toBe(
      '[0].redirect_uris[0]: has the scheme javascript, which is not allowed here',
    );
  });

  it('quotes one text of a list, as a repeatable flag gives it', () => {
    expect(faultOf({ cimdTrust: ['app.example.com', 'Example.com'] })[1]).toMatch(
      /^"Example\.com" must be a host/,
    );
    expect(faultOf({ registration: ['dcr', 'ma\ngic'] })[1]).toMatch(/^"ma.+gic" must be one of/);
  });

  it('has a preset client with a member that means nothing, as a misspelled one would open more than was meant', () => {
    expect(faultOf({ clients: [{ client_id: 'x', redirect_uri: 'https://a.example/cb' }] })[1]).toBe(
      '[0]: has redirect_uri, which means nothing here',
    );
  });

  verifies(
    ['oauth2.1-7.4-client-id', 'rfc9700-2.6-client-id', 'rfc9700-4.15.1-client-id'],
    'has a client that acts for itself and is called like a user',
    () => {
      const of = (client_id: string) => ({ ...serviceGrants, clients: [{ ...serviceClient, client_id }] });
      expect(faultOf(of('demo_user'))).toEqual(['clients', expect.stringContaining('called like a user')]);
      const users = [{ username: 'alice', password: 'x' }];
      expect(faultOf({ ...of('alice'), users })[0]).toBe('clients');
      expect(() => faultOf({ ...of('demo_user'), users })).toThrow('no ConfigurationError');
    },
  );

  it('never repeats a password or secret', () => {
    expect(faultOf({ users: [{ username: 7, password: 'the-password' }] })[1]).not.toContain('the-password');
    expect(faultOf({ users: ['the-password'] })[1]).not.toContain('the-password');
    expect(() => parseUsers('the-password')).toThrow(/^(?!.*the-password)/);
  });
});

describe('an issuer', () => {
  const create = (issuer: string, insecureHttp: boolean) => () =>
    createAuthorizationServer({ issuer, insecureHttp, users: [{ username: 'a', password: 'b' }] });

  it.each(['http://localhost:9000', 'http://127.0.0.1:9000', 'http://[::1]:9000', 'https://as.example'])(
    'may be %s',
    (issuer) => {
      expect(create(issuer, false)).not.toThrow();
    },
  );

  verifies(
    ['rfc6750-5.2-confidential', 'rfc7009-2-https', 'rfc8414-2-issuer-https'],
    'that others would come to by plain http has to be allowed, and the error says how',
    () => {
      expect(create('http://as.example', false)).toThrow(/https.*insecureHttp/);
      expect(create('http://as.example', true)).not.toThrow();
    },
  );

  verifies(['rfc8414-3.1-slash'], 'never ends in a slash, so that its metadata has one URL', () => {
    expect(create('https://as.example/', false)).toThrow(/trailing slash/);
    expect(create('https://as.example/tenant/', false)).toThrow(/trailing slash/);
    expect(create('https://as.example/tenant', false)).not.toThrow();
  });
});

it('what is listed twice counts once, resources in another spelling too', async () => {
  const world = createWorld({
    scopes: ['user', 'user'],
    grants: ['authorization_code', 'authorization_code'],
    resources: [RESOURCE, `${RESOURCE}/`],
  });
  const { access_token, scope } = await world.flow();
  expect(scope).toBe('user');
  expect(await world.introspect(access_token)).toMatchObject({ aud: RESOURCE });
  const metadata = await (await world.fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json();
  expect(metadata).toMatchObject({
    scopes_supported: ['user', 'offline_access'],
    grant_types_supported: ['authorization_code'],
  });
});

it('preset clients keep the metadata of RFC 7591 that they are given', () => {
  const client = {
    client_id: 'web',
    client_secret: 's',
    client_name: 'Web',
    redirect_uris: ['https://a.example/cb'],
  };
  expect(parsePresetClients([client])).toEqual([client]);
});

it('an error repeats the text of a list that is wrong, but no password in it', () => {
  const start = () => createWorld({ resources: ['https://alice:pass-word@mcp.example/#part'] });
  expect(start).toThrow('"https://…@mcp.example/#part" must be an absolute http(s) URL');
});
