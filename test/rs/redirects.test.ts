import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createResourceServer } from '../../src/rs/index.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import { GOOD, mcpRequest, INITIALIZE, RESOURCE, unsignedJwt } from './support.js';

/** An authorization server that sends to another host whoever comes to one of its paths, and what that host was asked. */
async function startRedirecting(path: string) {
  const asked: string[] = [];
  const elsewhere = await listen(
    createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(JSON.stringify({ ...metadata, keys: [], active: true, scope: 'user' }));
    }),
  );
  const issuer = await listen(
    createServer((request, response) => {
      if (request.url?.startsWith(path)) response.writeHead(307, { location: elsewhere + path }).end();
      else response.end(JSON.stringify(metadata));
    }),
  );
  const metadata = { issuer, introspection_endpoint: `${issuer}/introspect`, jwks_uri: `${issuer}/jwks` };
  return { issuer, asked };
}

const running: Server[] = [];
afterEach(() => {
  for (const server of running.splice(0)) server.closeAllConnections();
});

async function listen(server: Server): Promise<string> {
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  ['its metadata', '/.well-known/', 'introspection', 'as_metadata_not_found'],
  ['its metadata', '/.well-known/', 'jwt', 'as_metadata_not_found'],
  ['its introspection endpoint', '/introspect', 'introspection', 'introspection_failed'],
  ['its keys', '/jwks', 'jwt', 'jwks_failed'],
] as const)(
  'an authorization server is not followed when it redirects %s (%s, --verify=%s)',
  async (_what, path, verify, reason) => {
    const { issuer, asked } = await startRedirecting(path);
    const events: EmittedEvent[] = [];
    const rs = createResourceServer(
      { resource: RESOURCE, authServers: [{ issuer }], verify, demoMode: true },
      { onEvent: (event) => events.push(event) },
    );
    const token = verify === 'jwt' ? unsignedJwt({ iss: issuer }) : GOOD;
    const { status } = await rs.fetch(mcpRequest(INITIALIZE, { authorization: `Bearer ${token}` }));
    expect(status).toBe(503);
    expect(events.filter(({ kind }) => kind === 'bearer.challenged')).toMatchObject([
      { reason, detail: expect.stringContaining('answered 307') },
    ]);
    expect(asked).toEqual([]);
    await rs.close();
  },
);
