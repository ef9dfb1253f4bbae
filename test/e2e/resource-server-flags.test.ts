import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { INITIALIZE } from '../rs/support.js';
import { listening, postMcp, run, start } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { tokenFor } from '../support/token.js';
import { verifies } from '../verifies.js';

const keep = stopAfterEach();
const closers: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const startServer = (command: 'as' | 'rs', ...flags: readonly string[]) =>
  listening(keep(start([command, '--port', '0', '--log-format', 'json', ...flags])));

/** Opens a session, which is the first thing that a token is for. */
const initialize = (resource: string, token: string) => postMcp(resource, token, INITIALIZE);

describe('a token for another resource', () => {
  it('is refused by rs --oauth-strict beside as, and passes without the flag, with a warning', async () => {
    const { issuer } = await startServer('as');
    const [strict, lax] = await Promise.all([
      startServer('rs', '--auth-server', issuer, '--oauth-strict'),
      startServer('rs', '--auth-server', issuer),
    ]);
    const own = await tokenFor(issuer, strict.resource);
    expect((await initialize(strict.resource, own)).status).toBe(200);

    const other = await tokenFor(issuer, 'http://localhost:1/other');
    const refused = await initialize(strict.resource, other);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await initialize(lax.resource, other)).status).toBe(200);
    await lax.printed(/"kind":"resource\.compared"/);
    expect(lax.events().find(({ kind }) => kind === 'resource.compared')).toMatchObject({
      level: 'warning',
      same: false,
      requested: ['http://localhost:1/other'],
      configured: lax.resource,
    });
  });
});

describe('introspection', () => {
  it('goes over one connection that is kept alive, however many requests follow each other', async () => {
    const sockets = new Set<Socket>();
    let introspections = 0;
    const as = createServer((request, response) => {
      const issuer = `http://localhost:${(as.address() as AddressInfo).port}`;
      response.setHeader('content-type', 'application/json');
      if (request.url === '/introspect') {
        sockets.add(request.socket);
        introspections += 1;
        response.end(JSON.stringify({ active: false }));
      } else {
        response.end(JSON.stringify({ issuer, introspection_endpoint: `${issuer}/introspect` }));
      }
    });
    await new Promise<void>((done) => as.listen(0, '127.0.0.1', done));
    closers.push(() => (as.closeAllConnections(), as.close()));
    const rs = await startServer(
      'rs',
      '--auth-server',
      `http://localhost:${(as.address() as AddressInfo).port}`,
    );
    for (let n = 0; n < 10; n += 1) expect((await initialize(rs.resource, `token-${n}`)).status).toBe(401);
    expect({ introspections, connections: sockets.size }).toEqual({ introspections: 10, connections: 1 });
  });
});

describe('--public-url', () => {
  verifies.each([
    ['https://mcp.example', 'https://mcp.example/mcp'],
    ['https://mcp.example/', 'https://mcp.example/mcp'],
    ['https://mcp.example/tenant/', 'https://mcp.example/tenant/mcp'],
  ])(
    ['rs.mcp-canonical-slash'],
    '%s is what clients are told, wherever the server listens, and the resource ends in no slash: %s',
    async (url, resource) => {
      const credentials = ['--introspection-credentials', 'rs:secret-of-the-rs'];
      const rs = await startServer('rs', '--public-url', url, ...credentials);
      expect(rs.resource).toBe(resource);
    },
  );

  verifies.each(['https://mcp.example?x=1', 'https://mcp.example#x'])(
    ['rs.rfc9728-1.2-fragment', 'rs.rfc9728-1.2-query'],
    'can have neither query nor fragment: %s',
    async (url) => {
      const { code, stderr } = await run(['rs', '--port', '0', '--public-url', url]);
      expect(code).toBe(2);
      expect(stderr).toContain('--public-url');
    },
  );
});
