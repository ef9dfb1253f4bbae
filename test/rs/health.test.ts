import { describe, expect, it } from 'vitest';
import { createResourceServer } from '../../src/rs/index.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { createJwtWorld } from './jwt-support.js';
import { createFakeAuthorizationServer, createWorld, ISSUER, RESOURCE, type World } from './support.js';

const ORIGIN = 'http://localhost:8001';
const CREDENTIALS = { id: 'rs', secret: 'secret' };

const ask = (world: Pick<World, 'rs'>, path: string, init?: RequestInit) =>
  world.rs.fetch(new Request(ORIGIN + path, init));

async function readiness(world: Pick<World, 'rs'>) {
  const response = await ask(world, '/readyz');
  return { http: response.status, ...((await response.json()) as object) };
}

describe('/healthz', () => {
  it('is 200 as long as the process serves, and asks nobody', async () => {
    const world = createWorld();
    world.as.up = false;
    const response = await ask(world, '/healthz');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({ status: 'ok' });
    expect(world.told('as.unreachable')).toEqual([]);
  });
});

describe('/readyz', () => {
  it('is 200 while the authorization server can be reached', async () => {
    expect(await readiness(createWorld())).toEqual({ http: 200, status: 'ok' });
  });

  it('is 503 and names the issuer while it can not, and 200 again afterwards', async () => {
    const world = createWorld();
    world.as.up = false;
    const missing = { status: 'no_authorization_server', missing_authorization_servers: [ISSUER] };
    expect(await readiness(world)).toEqual({ http: 503, ...missing });
    world.as.up = true;
    world.time.milliseconds += 1000;
    expect(await readiness(world)).toEqual({ http: 200, status: 'ok' });
    world.as.up = false;
    world.time.milliseconds += 5000;
    expect(await readiness(world)).toEqual({ http: 503, ...missing });
    expect(world.told('request.served').map(({ reason, level }) => [reason, level])).toEqual([
      ['as_unreachable', 'debug'],
      [undefined, 'debug'],
      ['as_unreachable', 'debug'],
    ]);
  });

  it('asks the authorization server once in five seconds, however often it is asked', async () => {
    const world = createWorld();
    const probes = async () => {
      await Promise.all(Array.from({ length: 20 }, () => readiness(world)));
      await readiness(world);
    };
    await probes();
    world.time.milliseconds += 4999;
    await probes();
    expect(world.as.metadataReads).toBe(1);
    world.time.milliseconds += 1;
    await probes();
    expect(world.as.metadataReads).toBe(2);
  });

  it('asks one that is missing once in a second', async () => {
    const world = createWorld();
    world.as.metadata = () => new Response(null, { status: 500 });
    await Promise.all([readiness(world), readiness(world)]);
    world.time.milliseconds += 999;
    await readiness(world);
    expect(world.as.metadataReads).toBe(1);
    world.time.milliseconds += 1;
    await readiness(world);
    expect(world.as.metadataReads).toBe(2);
  });

  it('does not wait for an authorization server that does not answer', async () => {
    const world = createWorld({}, { fetch: () => new Promise(() => undefined) });
    const asked = performance.now();
    expect((await readiness(world)).http).toBe(503);
    expect(performance.now() - asked).toBeLessThan(1500);
    await world.rs.close();
  });

  it('is 200 while one of several can be reached, and names those that can not', async () => {
    const other = 'https://other.example';
    const as = createFakeAuthorizationServer();
    const rs = createResourceServer(
      { resource: RESOURCE, authServers: [{ issuer: ISSUER }, { issuer: other }], demoMode: true },
      { fetch: networkOf({ [ISSUER]: as }) },
    );
    expect(await readiness({ rs })).toEqual({
      http: 200,
      status: 'ok',
      missing_authorization_servers: [other],
    });
  });

  it('is 503 once the server is stopping, while /healthz is still 200', async () => {
    const world = createWorld();
    await world.rs.close();
    expect(await readiness(world)).toEqual({ http: 503, status: 'stopping' });
    expect((await ask(world, '/healthz')).status).toBe(200);
    expect(world.told('request.served').map(({ reason }) => reason)).toEqual(['stopping', undefined]);
  });
});

describe.each(['/healthz', '/readyz'])('%s', (path) => {
  it('can be asked with HEAD, and knows no other method', async () => {
    const world = createWorld();
    const head = await ask(world, path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await ask(world, path, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('is at the root, whatever path MCP has', async () => {
    const world = createWorld({ resource: `${ORIGIN}/team/mcp` });
    expect((await ask(world, path)).status).toBe(200);
    expect((await ask(world, `/team${path}`)).status).toBe(404);
  });

  it('can not be the path of MCP', () => {
    expect(() => createWorld({ resource: ORIGIN + path })).toThrow(
      expect.objectContaining({ option: 'resource' }),
    );
  });

  it('answers to names of this machine alone in demo mode, and to any outside of it', async () => {
    const probe = new Request(`http://10.0.0.7:8001${path}`);
    expect((await createWorld().rs.fetch(probe)).status).toBe(403);
    const behindProxy = createWorld({
      demoMode: false,
      resource: 'https://mcp.example/mcp',
      authServers: [{ issuer: ISSUER, introspectionCredentials: CREDENTIALS }],
    });
    expect((await behindProxy.rs.fetch(probe)).status).toBe(200);
  });

  it('is told of in the access line alone', async () => {
    const world = createWorld();
    await world.rs.ready();
    world.events.length = 0;
    await ask(world, path);
    expect(world.events).toMatchObject([{ kind: 'request.served', level: 'debug', path, status: 200 }]);
  });
});

describe('/readyz with --verify=jwt', () => {
  it('is 503 while the keys can not be read, though the metadata can', async () => {
    const world = await createJwtWorld();
    const { jwks } = world.host;
    world.host.jwks = async () => new Response(null, { status: 500 });
    expect(await readiness(world)).toMatchObject({ http: 503, missing_authorization_servers: [ISSUER] });
    world.host.jwks = jwks;
    world.time.milliseconds += 1000;
    expect(await readiness(world)).toEqual({ http: 200, status: 'ok' });
  });

  it('is 200 while the authorization server is down and its keys are still good', async () => {
    const world = await createJwtWorld();
    expect((await readiness(world)).http).toBe(200);
    world.host.up = false;
    world.time.milliseconds += 60_000;
    expect((await readiness(world)).http).toBe(200);
  });
});

describe('/readyz with --introspection-endpoint', () => {
  const endpoint = `${ISSUER}/introspect`;

  it('is 200 if the endpoint is there, though no metadata is', async () => {
    const world = createWorld({ authServers: [{ issuer: ISSUER, introspectionEndpoint: endpoint }] });
    world.as.metadata = () => new Response(null, { status: 404 });
    expect(await readiness(world)).toEqual({ http: 200, status: 'ok' });
    expect(world.told('introspection.answered')).toEqual([]);
  });

  it('is 503 if it is not', async () => {
    const world = createWorld({ authServers: [{ issuer: ISSUER, introspectionEndpoint: endpoint }] });
    world.as.up = false;
    expect((await readiness(world)).http).toBe(503);
  });
});
