import { describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../src/as/index.js';
import { networkOf, type WebApp } from '../../src/shared/http/fetch.js';
import { createWorld, INITIALIZE, ISSUER, METADATA, RESOURCE } from './support.js';

/** An authorization server as `as --epoch <epoch>` starts it; without a name, as `as` does. */
function epoch(name?: string): WebApp {
  return createAuthorizationServer(
    name === undefined
      ? { issuer: ISSUER, demoMode: true }
      : { issuer: `${ISSUER}/${name}`, demoMode: true, metadataAtRoot: true },
  );
}

/** A resource server, and an authorization server that can be restarted as another one. */
function createChanging(first: WebApp, options: Parameters<typeof createWorld>[0] = {}) {
  let current = first;
  const requests: string[] = [];
  const fetch = networkOf({
    [ISSUER]: {
      async fetch(request) {
        requests.push(new URL(request.url).pathname);
        return current.fetch(request);
      },
    },
  });
  const world = createWorld(options, { fetch });
  return {
    ...world,
    requests,
    restartAs: (next: WebApp) => void (current = next),
    issuerInMetadata: async () => {
      const response = await world.network(new URL('/.well-known/oauth-protected-resource/mcp', RESOURCE));
      return ((await response.json()) as { authorization_servers: string[] }).authorization_servers;
    },
  };
}

describe('in demo mode the resource server follows an authorization server whose issuer has changed', () => {
  it('to the issuer that the metadata at the root names, from the first request on', async () => {
    const { issuerInMetadata, told, post } = createChanging(epoch('one'));
    expect(await issuerInMetadata()).toEqual([`${ISSUER}/one`]);
    expect(told('as.issuer_changed')).toMatchObject([{ configured: ISSUER, issuer: `${ISSUER}/one` }]);
    expect((await post(INITIALIZE)).status).toBe(401);
    expect(told('introspection.answered')).toMatchObject([{ endpoint: `${ISSUER}/one/introspect` }]);
  });

  it('from the next introspection on, which is answered by the new one', async () => {
    const { post, restartAs, told, issuerInMetadata } = createChanging(epoch('one'));
    await post(INITIALIZE);
    restartAs(epoch('two'));
    expect((await post(INITIALIZE)).status).toBe(401);
    expect(told('introspection.answered').at(-1)?.endpoint).toBe(`${ISSUER}/two/introspect`);
    expect(told('as.unreachable')).toEqual([]);
    expect(await issuerInMetadata()).toEqual([`${ISSUER}/two`]);
  });

  it('without any introspection, a quarter of a second after the last look, and no sooner', async () => {
    const { issuerInMetadata, restartAs, time, requests, told } = createChanging(epoch());
    expect(await issuerInMetadata()).toEqual([ISSUER]);
    restartAs(epoch('two'));
    const before = requests.length;
    time.milliseconds += 249;
    expect(await issuerInMetadata()).toEqual([ISSUER]);
    expect(requests.length).toBe(before);
    time.milliseconds += 1;
    expect(await issuerInMetadata()).toEqual([`${ISSUER}/two`]);
    restartAs(epoch());
    time.milliseconds += 250;
    expect(await issuerInMetadata()).toEqual([ISSUER]);
    expect(told('as.issuer_changed')).toMatchObject([{ issuer: `${ISSUER}/two` }, { issuer: ISSUER }]);
  });

  it('from the issuer of an earlier epoch, if that is what was configured', async () => {
    const { issuerInMetadata } = createChanging(epoch('two'), { authServers: [{ issuer: `${ISSUER}/one` }] });
    expect(await issuerInMetadata()).toEqual([`${ISSUER}/two`]);
  });

  it('and keeps to what it knew while nobody answers', async () => {
    const { issuerInMetadata, restartAs, time } = createChanging(epoch('one'));
    await issuerInMetadata();
    restartAs({ fetch: async () => Promise.reject(new TypeError('fetch failed')), close: async () => {} });
    time.milliseconds += 250;
    expect(await issuerInMetadata()).toEqual([`${ISSUER}/one`]);
  });
});

describe('a resource server does not follow', () => {
  it('outside demo mode', async () => {
    const { issuerInMetadata, post, told } = createChanging(epoch('one'), {
      demoMode: false,
      authServers: [{ issuer: ISSUER, introspectionCredentials: { id: 'a', secret: 'b' } }],
    });
    expect(await issuerInMetadata()).toEqual([ISSUER]);
    expect((await post(INITIALIZE)).status).toBe(503);
    expect(told('bearer.challenged')).toMatchObject([{ reason: 'as_issuer_mismatch' }]);
  });

  it.each([
    ['another port', 'http://localhost:9999/one'],
    ['another loopback name', 'http://127.0.0.1:9000/one'],
    ['another host', 'https://as.example'],
    ['something that is no URL', 'one'],
  ])('to %s', async (_what, issuer) => {
    const metadata = { issuer, introspection_endpoint: `${ISSUER}/introspect` };
    const { issuerInMetadata, post, told, requests } = createChanging({
      fetch: async () => Response.json(metadata),
      close: async () => {},
    });
    expect(await issuerInMetadata()).toEqual([ISSUER]);
    await post(INITIALIZE);
    expect(told('bearer.challenged')).toMatchObject([{ reason: 'as_issuer_mismatch' }]);
    expect(requests.every((path) => path.startsWith('/.well-known/'))).toBe(true);
  });

  it('that is not on this machine, nor looks for its issuer again', async () => {
    const issuer = 'https://as.example/one';
    const requests: string[] = [];
    const at = (place: string) =>
      Response.json({ issuer: place, introspection_endpoint: `${place}/introspect` });
    let served = 'one';
    const as = {
      fetch: async (request: Request) => {
        const { pathname } = new URL(request.url);
        requests.push(pathname);
        if (pathname.endsWith('/one'))
          return served === 'one' ? at(issuer) : new Response(null, { status: 404 });
        return served === 'two' ? at('https://as.example/two') : new Response(null, { status: 404 });
      },
      close: async () => {},
    };
    const { rs, time, post, told } = createWorld(
      { authServers: [{ issuer }] },
      { fetch: networkOf({ 'https://as.example': as }) },
    );
    const metadata = new URL('/.well-known/oauth-protected-resource/mcp', RESOURCE);
    await rs.fetch(new Request(metadata));
    served = 'two';
    time.milliseconds += 10_000;
    expect(await (await rs.fetch(new Request(metadata))).json()).toMatchObject({
      authorization_servers: [issuer],
    });
    expect(requests).toEqual(['/.well-known/oauth-authorization-server/one']);
    expect((await post(INITIALIZE)).status).toBe(503);
    expect(told('as.issuer_changed')).toEqual([]);
  });

  it('to an issuer whose own metadata does not say so', async () => {
    const { issuerInMetadata } = createChanging({
      fetch: async (request) =>
        new URL(request.url).pathname === '/.well-known/oauth-authorization-server'
          ? Response.json({ issuer: `${ISSUER}/one`, introspection_endpoint: `${ISSUER}/one/introspect` })
          : Response.json({ issuer: `${ISSUER}/two`, introspection_endpoint: `${ISSUER}/two/introspect` }),
      close: async () => {},
    });
    expect(await issuerInMetadata()).toEqual([ISSUER]);
  });

  it('that is not on this machine, nor reads its metadata again because another one is', async () => {
    const elsewhere = 'https://as.example';
    const at = (issuer: string) => Response.json({ issuer, introspection_endpoint: `${issuer}/introspect` });
    const reads: string[] = [];
    const answering = (issuer: string) => ({
      async fetch() {
        reads.push(issuer);
        return at(issuer);
      },
    });
    const { network, time } = createWorld(
      { authServers: [{ issuer: ISSUER }, { issuer: elsewhere }] },
      { fetch: networkOf({ [ISSUER]: answering(ISSUER), [elsewhere]: answering(elsewhere) }) },
    );
    await network(METADATA);
    time.milliseconds += 250;
    await network(METADATA);
    expect(reads.filter((issuer) => issuer === ISSUER)).toHaveLength(2);
    expect(reads.filter((issuer) => issuer === elsewhere)).toHaveLength(1);
  });
});
