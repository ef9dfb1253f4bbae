import { describe, expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../src/as/index.js';
import { createWorld, ISSUER } from './support.js';

/** A store that can be broken while the server runs. */
function fragileStore() {
  const state = { get: undefined as undefined | (() => Promise<never>) };
  const createStore = (clock: Parameters<typeof createMemoryStore>[0]): Store => {
    const store = createMemoryStore(clock);
    return { ...store, get: (kind, id) => (state.get ? state.get() : store.get(kind, id)) };
  };
  return { state, createStore };
}

const ask = async (world: ReturnType<typeof createWorld>, path: string, origin = ISSUER) => {
  const response = await world.fetch(origin + path);
  return { http: response.status, ...((await response.json()) as object) };
};

describe('/healthz', () => {
  it('is 200 as long as the process serves, whatever becomes of the store', async () => {
    const { state, createStore } = fragileStore();
    const world = createWorld({}, createStore);
    state.get = async () => Promise.reject(new Error('gone'));
    expect(await ask(world, '/healthz')).toEqual({ http: 200, status: 'ok' });
  });
});

describe('/readyz', () => {
  it('is 200 while the store answers, and 503 while it does not, without a word of why', async () => {
    const { state, createStore } = fragileStore();
    const world = createWorld({}, createStore);
    expect(await ask(world, '/readyz')).toEqual({ http: 200, status: 'ok' });
    state.get = async () => Promise.reject(new Error('redis://:password@store'));
    expect(await ask(world, '/readyz')).toEqual({ http: 503, status: 'store_unavailable' });
    expect(world.events.at(-1)).toMatchObject({ kind: 'request.served', reason: 'store_unavailable' });
    state.get = undefined;
    expect(await ask(world, '/readyz')).toEqual({ http: 200, status: 'ok' });
  });

  it('does not wait for a store that hangs', async () => {
    const { state, createStore } = fragileStore();
    const world = createWorld({}, createStore);
    state.get = () => new Promise(() => undefined);
    const asked = performance.now();
    expect(await ask(world, '/readyz')).toMatchObject({ http: 503 });
    expect(performance.now() - asked).toBeLessThan(1500);
  });

  it('is 503 once the server is stopping, while /healthz is still 200', async () => {
    const world = createWorld();
    await world.app.close();
    expect(await ask(world, '/readyz')).toEqual({ http: 503, status: 'stopping' });
    expect(await ask(world, '/healthz')).toEqual({ http: 200, status: 'ok' });
  });
});

describe.each(['/healthz', '/readyz'])('%s', (path) => {
  it('can be asked with GET and HEAD, and is kept by nobody', async () => {
    const world = createWorld();
    expect((await world.fetch(ISSUER + path, { method: 'HEAD' })).status).toBe(200);
    const posted = await world.fetch(ISSUER + path, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await world.fetch(ISSUER + path)).headers.get('cache-control')).toBe('no-store');
  });

  it('is at the root, whatever path the issuer has', async () => {
    const world = createWorld({ issuer: `${ISSUER}/epoch` });
    expect((await ask(world, path)).http).toBe(200);
    expect((await ask(world, `/epoch${path}`)).http).toBe(404);
  });

  it('answers to names of this machine alone in demo mode, and to any outside of it', async () => {
    const probe = new Request(`http://10.0.0.7:9000${path}`);
    expect((await createWorld().app.fetch(probe)).status).toBe(403);
    const user = { username: 'alice', password: 'correct-horse' };
    const outside = createWorld({ issuer: 'https://as.example', demoMode: false, users: [user] });
    expect((await outside.app.fetch(probe)).status).toBe(200);
  });

  it('is told of in the access line alone', async () => {
    const world = createWorld();
    await ask(world, path);
    expect(world.events).toMatchObject([{ kind: 'request.served', level: 'debug', path }]);
  });
});
