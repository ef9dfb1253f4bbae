import { describe, expect } from 'vitest';
import { networkOf } from '../../src/shared/http/fetch.js';
import { verifies } from '../verifies.js';
import { challengeOf, createWorld, INITIALIZE, ISSUER, mcpRequest, RESOURCE } from './support.js';

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

describe('the protected resource metadata', () => {
  verifies.each([
    ['http://localhost:8001/mcp', `${WELL_KNOWN}/mcp`],
    ['http://localhost:8001/a/b', `${WELL_KNOWN}/a/b`],
    ['http://localhost:8001', WELL_KNOWN],
    ['http://localhost:8001/', WELL_KNOWN],
  ])(
    [
      'rs.rfc9728-3-location',
      'rs.rfc9728-3.1-slash',
      'rs.rfc9728-3.2-json',
      'rs.rfc9728-3.3-identical',
      'rs.rfc9728-5.1-challenge',
    ],
    'of %s is the JSON object at %s, which challenges name and which names the resource in the same words',
    async (resource, path) => {
      const { rs } = createWorld({ resource });
      const challenged = await rs.fetch(new Request(resource, mcpRequest(INITIALIZE)));
      const url = challengeOf(challenged).parameters['resource_metadata'];
      expect(url).toBe(`http://localhost:8001${path}`);
      const response = await rs.fetch(new Request(url!));
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toMatchObject({ resource });
    },
  );

  verifies(
    [
      'rs.rfc9728-2-resource',
      'rs.rfc9728-2-scopes',
      'rs.rfc9728-2-name',
      'rs.rfc9728-2.1-untagged',
      'rs.rfc9728-3.2-no-empty',
    ],
    'says what the resource is called and which scopes it needs, and has no member without a value',
    async () => {
      const read = async (requiredScopes: readonly string[]) => {
        const { rs } = createWorld({ requiredScopes });
        return (await (await rs.fetch(new Request(new URL(`${WELL_KNOWN}/mcp`, RESOURCE)))).json()) as object;
      };
      const full = await read(['user', 'time:read']);
      expect(full).toMatchObject({ resource: RESOURCE, scopes_supported: ['user', 'time:read'] });
      expect(full).toHaveProperty('resource_name', expect.stringMatching(/^[\x20-\x7e]+$/));
      expect(Object.keys(full).filter((name) => name.includes('#'))).toEqual([]);
      const bare = await read([]);
      expect(bare).not.toHaveProperty('scopes_supported');
      for (const value of Object.values(bare)) expect([null, '']).not.toContain(value);
      for (const value of Object.values(bare).filter(Array.isArray)) expect(value).not.toEqual([]);
    },
  );
});

describe('the metadata of the authorization server', () => {
  verifies(
    ['rs.rfc8414-3-location', 'rs.rfc8414-3.1-get', 'rs.rfc8414-3.2-ignore'],
    'are read with GET from where RFC 8414 puts them, and what is unknown in them is ignored',
    async () => {
      const issuer = `${ISSUER}/tenant`;
      const asked: string[] = [];
      const as = {
        async fetch({ method, url }: Request) {
          asked.push(`${method} ${new URL(url).pathname}`);
          const unknown = { x_members: [{ deep: null }], more: true };
          return Response.json({ issuer, introspection_endpoint: `${issuer}/introspect`, ...unknown });
        },
      };
      const { rs } = createWorld(
        { authServers: [{ issuer }], oauthStrict: true },
        { fetch: networkOf({ [ISSUER]: as }) },
      );
      expect(await rs.ready()).toBe(true);
      expect(asked[0]).toBe('GET /.well-known/oauth-authorization-server/tenant');
      await rs.close();
    },
  );
});
