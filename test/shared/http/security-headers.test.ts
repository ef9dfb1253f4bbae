import { describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../../src/as/index.js';
import { createResourceServer } from '../../../src/rs/index.js';

const users = [{ username: 'alice', password: 'correct horse' }];

const serversAt = (as: string, rs: string) => ({
  as: createAuthorizationServer({
    issuer: as,
    demoMode: false,
    users,
    unknownClients: 'reject',
    insecureHttp: true,
  }),
  rs: createResourceServer({
    resource: `${rs}/mcp`,
    authServers: [{ issuer: as, introspectionCredentials: { id: 'rs', secret: 'a-secret-of-the-tests' } }],
    oauthStrict: true,
    insecureHttp: true,
  }),
});

const REQUESTS: readonly (readonly ['as' | 'rs', string, string])[] = [
  ['as', 'GET', '/authorize'],
  ['as', 'POST', '/login'],
  ['as', 'GET', '/consent'],
  ['as', 'GET', '/grants'],
  ['as', 'POST', '/sign-out'],
  ['as', 'POST', '/token'],
  ['as', 'POST', '/register'],
  ['as', 'OPTIONS', '/token'],
  ['as', 'GET', '/.well-known/oauth-authorization-server'],
  ['as', 'GET', '/readyz'],
  ['as', 'GET', '/nothing'],
  ['rs', 'POST', '/mcp'],
  ['rs', 'PUT', '/mcp'],
  ['rs', 'OPTIONS', '/mcp'],
  ['rs', 'GET', '/.well-known/oauth-protected-resource'],
  ['rs', 'GET', '/healthz'],
  ['rs', 'GET', '/nothing'],
];

describe('every answer', () => {
  it.each(REQUESTS)('of %s is neither framed, sniffed nor embedded: %s %s', async (server, method, path) => {
    const origins = { as: 'https://as.example', rs: 'https://mcp.example' };
    const app = serversAt(origins.as, origins.rs)[server];
    const { headers } = await app.fetch(new Request(origins[server] + path, { method }));
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': expect.stringMatching(/^(?:same-origin|no-referrer)$/),
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'strict-transport-security': 'max-age=31536000',
    });
    // It would cut off a client that opened a window for the sign-in.
    expect(headers.has('cross-origin-opener-policy')).toBe(false);
    await app.close();
  });

  it.each(['http://localhost:9000', 'https://localhost:9000', 'http://as.example'])(
    'of a server at %s does not bind its host to https',
    async (origin) => {
      for (const app of Object.values(serversAt(origin, origin))) {
        const { headers } = await app.fetch(new Request(`${origin}/healthz`));
        expect(headers.has('strict-transport-security')).toBe(false);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        await app.close();
      }
    },
  );
});
