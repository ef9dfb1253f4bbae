import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/shared/http/fetch.js';
import { verifies } from '../verifies.js';
import { createWorld, ISSUER, type World } from './support.js';

const CLIENT_METHODS = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];

describe('metadata', () => {
  verifies.each(['oauth-authorization-server', 'openid-configuration'])(
    [
      'rfc7009-2-url',
      'rfc7636-7.2-s256',
      'rfc8414-2-issuer',
      'rfc8414-2-authorization-endpoint',
      'rfc8414-2-token-endpoint',
      'rfc8414-2-scopes',
      'rfc8414-2-response-types',
      'rfc8414-2-introspection-algorithms',
      'rfc8414-3-location',
      'rfc8414-3.1-get',
      'rfc8414-3.2-response',
      'rfc8414-3.3-issuer',
      'mcp-overview-discovery',
      'mcp-overview-metadata',
      'mcp-overview-metadata-2025-03-26',
      'mcp-base-url-root',
      'mcp-discovery-issuer',
      'mcp-response-iss-supported',
      'mcp-code-protection-openid',
      'oauth2.1-3.1-fragment',
      'oauth2.1-3.2-fragment',
      'oauth2.1-7.9-detect-methods',
      'rfc9207-2.3-provide',
      'rfc9207-2.3-identical',
      'rfc9207-2.3-supported',
      'rfc9700-2.1.1-detect-pkce',
      'rfc9700-2.1.1-code-challenge-methods',
      'rfc9700-2.6-metadata',
      'rfc9700-4.7.1-detect-pkce',
      'rfc9700-4.7.1-metadata',
    ],
    'is served at /.well-known/%s',
    async (name) => {
      const { fetch, event } = createWorld({ scopes: ['user', 'clock'] });
      const response = await fetch(`${ISSUER}/.well-known/${name}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(response.headers.get('cache-control')).toMatch(/max-age=\d+/);
      expect(await response.json()).toEqual({
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        registration_endpoint: `${ISSUER}/register`,
        revocation_endpoint: `${ISSUER}/revoke`,
        introspection_endpoint: `${ISSUER}/introspect`,
        scopes_supported: ['user', 'clock', 'offline_access'],
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
        grant_types_supported: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_methods_supported: CLIENT_METHODS,
        token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
        revocation_endpoint_auth_methods_supported: CLIENT_METHODS,
        revocation_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256', 'PS256', 'EdDSA'],
        introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        code_challenge_methods_supported: ['S256'],
        prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
        authorization_response_iss_parameter_supported: true,
        mcp_oauth_demo_client_evidence_endpoint: `${ISSUER}/client-evidence`,
      });
      expect(event('as.metadata_read')?.document).toBe(name);
    },
  );

  it('does not name a registration endpoint where dcr is left out, and it is not there', async () => {
    const world = createWorld({ registration: ['preset'] });
    const metadata = await (await world.fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).not.toHaveProperty('registration_endpoint');
    expect((await world.register()).status).toBe(404);
    expect(await world.flow()).toHaveProperty('access_token');
  });

  it('does not name the evidence endpoint outside demo mode, and it is not there', async () => {
    const { fetch } = createWorld({ demoMode: false, users: [{ username: 'alice', password: 'x' }] });
    const metadata = await (await fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).text();
    expect(metadata).not.toContain('evidence');
    expect((await fetch(`${ISSUER}/client-evidence?client_id=demo-preset`)).status).toBe(404);
  });

  verifies(
    ['rfc8414-3-location', 'rfc8414-3.3-issuer', 'mcp-discovery-issuer'],
    'of an issuer with a path is served at all three well-known forms, and the endpoints are below it',
    async () => {
      const issuer = 'http://localhost:9000/t/one';
      const { fetch, flow } = createWorld({ issuer });
      for (const path of [
        '/.well-known/oauth-authorization-server/t/one',
        '/.well-known/openid-configuration/t/one',
        '/t/one/.well-known/openid-configuration',
      ])
        expect(await (await fetch(`http://localhost:9000${path}`)).json()).toMatchObject({
          issuer,
          token_endpoint: `${issuer}/token`,
        });
      expect((await fetch('http://localhost:9000/.well-known/oauth-authorization-server')).status).toBe(404);
      expect(await flow()).toHaveProperty('access_token');
    },
  );

  it('of an issuer with a path is at the root too if that is asked for, and names the issuer with its path', async () => {
    const issuer = 'http://localhost:9000/one';
    const { fetch } = createWorld({ issuer, metadataAtRoot: true });
    for (const path of [
      'oauth-authorization-server',
      'openid-configuration',
      'oauth-authorization-server/one',
    ])
      expect(await (await fetch(`http://localhost:9000/.well-known/${path}`)).json()).toMatchObject({
        issuer,
      });
  });

  verifies(
    ['rfc8414-3.3-issuer', 'mcp-discovery-issuer'],
    'never takes the issuer from the request',
    async () => {
      const url = 'http://127.0.0.1:9000/.well-known/oauth-authorization-server';
      const issuerToldTo = async (world: World, host: string) => {
        const headers = { 'x-forwarded-host': host, forwarded: `host=${host}` };
        const response = await networkOf({ 'http://127.0.0.1:9000': world.app })(url, { headers });
        return ((await response.json()) as { issuer?: string }).issuer;
      };
      const demo = createWorld();
      expect(await issuerToldTo(demo, 'localhost:1')).toBe(ISSUER);
      expect(demo.event('host.other_name')).toMatchObject({ host: '127.0.0.1:9000', use_instead: ISSUER });
      const real = createWorld({ demoMode: false, users: [{ username: 'a', password: 'b' }] });
      expect(await issuerToldTo(real, 'evil.example')).toBe(ISSUER);
    },
  );

  verifies(['rfc9068-4-consistent'], 'is the same in its OAuth and its OpenID Connect form', async () => {
    const { fetch } = createWorld({ tokenFormat: 'jwt' });
    const [oauth, openid] = await Promise.all(
      ['oauth-authorization-server', 'openid-configuration'].map(async (name) =>
        (await fetch(`${ISSUER}/.well-known/${name}`)).json(),
      ),
    );
    expect(openid).toEqual(oauth);
    expect(oauth).toMatchObject({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` });
  });

  verifies(
    ['rfc7009-2-https', 'rfc8414-2-issuer-https', 'rfc8414-2-jwks-uri'],
    'of an https issuer has https URLs only',
    async () => {
      const issuer = 'https://as.example';
      const users = [{ username: 'a', password: 'b' }];
      const { fetch } = createWorld({ issuer, demoMode: false, users, tokenFormat: 'jwt' });
      const metadata: unknown = await (
        await fetch(`${issuer}/.well-known/oauth-authorization-server`)
      ).json();
      expect(metadata).toMatchObject({
        issuer,
        revocation_endpoint: `${issuer}/revoke`,
        jwks_uri: `${issuer}/jwks`,
      });
      expect(JSON.stringify(metadata)).not.toContain('http:');
    },
  );

  verifies.each<[string, Parameters<typeof createWorld>[0]]>([
    ['everything on', { tokenFormat: 'jwt', openIntrospection: true }],
    ['preset clients only', { registration: ['preset'] }],
    [
      'no resource server that may introspect',
      { demoMode: false, users: [{ username: 'a', password: 'b' }] },
    ],
  ])(['rfc8414-3.2-no-empty'], 'has no member without elements, with %s', async (_what, options) => {
    const { fetch } = createWorld(options);
    const response = await fetch(`${ISSUER}/.well-known/oauth-authorization-server`);
    const metadata = (await response.json()) as object;
    expect(Object.values(metadata)).not.toHaveLength(0);
    for (const value of Object.values(metadata)) expect(value).not.toSatisfy(isEmpty);
  });
});

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
