import { describe, expect, it } from 'vitest';
import { createResourceServer } from '../../src/rs/index.js';
import { activeAnswer, GOOD, INITIALIZE, mcpRequest, NOW, RESOURCE } from './support.js';
import { verifies } from '../verifies.js';

const PRM = new URL('/.well-known/oauth-protected-resource/mcp', RESOURCE);

/** An authorization server that has its metadata at one place only, and nothing at all at any other. */
function worldWith({ issuer, place, configured }: { issuer: string; place: string; configured: string }) {
  const { origin } = new URL(issuer);
  const asked: string[] = [];
  const rs = createResourceServer(
    {
      resource: RESOURCE,
      authServers: [{ issuer: configured, introspectionCredentials: { id: 'rs', secret: 's' } }],
    },
    {
      clock: { now: () => NOW },
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const { pathname } = new URL(request.url);
        if (pathname === '/ask') return Response.json(activeAnswer({ iss: issuer }));
        asked.push(pathname);
        return pathname === place
          ? Response.json({ issuer, introspection_endpoint: `${origin}/ask` })
          : new Response('<!doctype html><title>Not here</title>', { status: 404 });
      },
    },
  );
  return { rs, asked };
}

const ROOT = 'https://as.example';
const REALM = 'https://as.example/realms/demo';

describe('the metadata of an authorization server is found', () => {
  verifies.each([
    ['RFC 8414', ROOT, '/.well-known/oauth-authorization-server'],
    ['OpenID Connect', ROOT, '/.well-known/openid-configuration'],
    ['RFC 8414, put before the path', REALM, '/.well-known/oauth-authorization-server/realms/demo'],
    ['OpenID Connect, put before the path', REALM, '/.well-known/openid-configuration/realms/demo'],
    ['OpenID Connect, put behind the path', REALM, '/realms/demo/.well-known/openid-configuration'],
  ])(['rs.rfc8414-3-location'], 'in the form of %s: %s at %s', async (_form, issuer, place) => {
    const { rs } = worldWith({ issuer, place, configured: issuer });
    const response = await rs.fetch(mcpRequest(INITIALIZE, { authorization: `Bearer ${GOOD}` }));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('serverInfo');
    await rs.close();
  });

  it.each([
    [`${ROOT}/`, ROOT],
    [ROOT, `${ROOT}/`],
    [`${REALM}/`, REALM],
    [REALM, `${REALM}/`],
  ])(
    'and names the issuer as it spells itself: %s, where --auth-server is %s',
    async (issuer, configured) => {
      const path = new URL(issuer).pathname.replace(/\/$/, '');
      const { rs } = worldWith({ issuer, place: `${path}/.well-known/openid-configuration`, configured });
      const metadata = await rs.fetch(new Request(PRM));
      expect(await metadata.json()).toMatchObject({ authorization_servers: [issuer] });
      await rs.close();
    },
  );

  it('at no other place than these', async () => {
    const { rs, asked } = worldWith({ issuer: REALM, place: '/realms/demo', configured: REALM });
    const response = await rs.fetch(mcpRequest(INITIALIZE, { authorization: `Bearer ${GOOD}` }));
    expect(response.status).toBe(503);
    expect(asked).toEqual([
      '/.well-known/oauth-authorization-server/realms/demo',
      '/.well-known/openid-configuration/realms/demo',
      '/realms/demo/.well-known/openid-configuration',
    ]);
    await rs.close();
  });
});
