import { describe, expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../src/as/index.js';
import { hashSecret } from '../../src/shared/secret.js';
import { createBrowser } from '../support/browser.js';
import { CALLBACK, createWorld, ISSUER, type World } from './support.js';

const DAY = 86_400;

/** A server, and the store that it has. */
function withStore(options: Parameters<typeof createWorld>[0] = {}): { world: World; store: Store } {
  let made: Store | undefined;
  const world = createWorld(options, (clock) => (made = createMemoryStore(clock)));
  if (!made) throw new Error('no store');
  return { world, store: made };
}

const registered = async (world: World) => (await world.register()).body;

const readStatus = async (
  world: World,
  { client_id = '', registration_access_token = '' }: Record<string, string>,
) =>
  (
    await world.fetch(`${ISSUER}/register/${client_id}`, {
      headers: { authorization: `Bearer ${registration_access_token}` },
    })
  ).status;

describe('a client that nobody ever signed in for', () => {
  it('is unknown after 30 days, and not before, whatever it does with its registration', async () => {
    const { world } = withStore({ unknownClients: 'reject' });
    const client = await registered(world);
    world.clock.advance(20 * DAY);
    await world.fetch(`${ISSUER}/register/${client['client_id']}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${client['registration_access_token']}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        client_id: client['client_id'],
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: 'none',
      }),
    });
    expect(world.event('client.updated')).toBeDefined();
    world.clock.advance(10 * DAY - 1);
    expect(await readStatus(world, client)).toBe(200);
    world.clock.advance(1);
    expect(await readStatus(world, client)).toBe(401);
    const page = await world.fetch(world.authorizeUrl({ client_id: client['client_id'] }));
    expect(page.status).toBe(400);
    expect(world.event('authorization.refused')).toMatchObject({ reason: 'client_unknown' });
    expect((await world.token({ client_id: client['client_id'], code: 'x' })).body['error']).toBe(
      'invalid_client',
    );
  });

  it('is adopted as any unknown one is, where those are adopted', async () => {
    const { world } = withStore();
    const { client_id } = await registered(world);
    world.clock.advance(30 * DAY);
    await world.flow({ client_id });
    expect(world.event('client.adopted')).toMatchObject({ client_id });
  });

  it('stays once somebody has signed in for it', async () => {
    const { world } = withStore();
    const client = await registered(world);
    await world.flow({ client_id: client['client_id'] });
    world.clock.advance(400 * DAY);
    expect(await readStatus(world, client)).toBe(200);
  });

  it('goes when there are too many, the oldest first, and none that somebody has signed in for', async () => {
    const { world } = withStore({ maxRegistrations: 5 });
    const used = await registered(world);
    await world.flow({ client_id: used['client_id'] });
    const others: Record<string, string>[] = [];
    for (let n = 0; n < 100; n += 1) others.push(await registered(world));
    const known = await Promise.all(others.map((client) => readStatus(world, client)));
    expect(known.map((status, n) => (status === 200 ? [n] : [])).flat()).toEqual([95, 96, 97, 98, 99]);
    expect(await readStatus(world, used)).toBe(200);
  });
});

it('a flood of registrations and sign-ins that are begun pushes out nothing that a user has', async () => {
  const world = createWorld({ unknownClients: 'adopt' }, (clock) =>
    createMemoryStore(clock, { maxRecords: 100 }),
  );
  const used = await registered(world);
  const { access_token, refresh_token } = await world.flow({ client_id: used['client_id'] });
  const stranger = createBrowser(world.fetch, new URL(ISSUER).origin);
  for (let n = 0; n < 120; n += 1) {
    const { client_id, registration_access_token } = await registered(world);
    await stranger.visit(world.authorizeUrl({ client_id }));
    await stranger.visit(world.authorizeUrl({ client_id: `adopted-${n}` }));
    const headers = { authorization: `Bearer ${registration_access_token}` };
    await world.fetch(`${ISSUER}/register/${client_id}`, { method: 'DELETE', headers });
  }
  expect(await readStatus(world, used)).toBe(200);
  expect(await world.introspect(access_token)).toMatchObject({ active: true });
  const { html } = await world.browser.visit(world.authorizeUrl({ client_id: used['client_id'] }));
  expect(html).toContain('name="decision"');
  expect(html).not.toContain('name="password"');
  const { client_id } = used;
  const { body } = await world.token({ grant_type: 'refresh_token', client_id, refresh_token });
  expect(await world.introspect(body['access_token'])).toMatchObject({ active: true });
});

it('the id of a deleted client is told from one that never was for 30 days', async () => {
  const { world, store } = withStore();
  const { client_id = '', registration_access_token = '' } = await registered(world);
  const headers = { authorization: `Bearer ${registration_access_token}` };
  expect((await world.fetch(`${ISSUER}/register/${client_id}`, { method: 'DELETE', headers })).status).toBe(
    204,
  );
  world.clock.advance(30 * DAY - 1);
  expect(await store.get('deleted_client', client_id)).toBeDefined();
  world.clock.advance(1);
  expect(await store.get('deleted_client', client_id)).toBeUndefined();
});

it('of the sessions of a user those end that began first, where there are more than a thousand', async () => {
  const { world, store } = withStore();
  const later = world.clock.now() + 3600;
  for (let n = 0; n < 1050; n += 1)
    await store.put('session', `s${n}`, { sub: 'demo_user', auth_time: world.clock.now() - 2000 + n }, later);
  await store.put('session', 'of-another', { sub: 'alice', auth_time: 1 }, later);
  for (let n = 0; n < 1099; n += 1) await store.increment('sign_ins:demo_user', 8 * 3600);
  await world.flow();
  const left = await store.list('session', { sub: 'demo_user' });
  expect(left).toHaveLength(1000);
  expect(left.map(({ id }) => id)).not.toContain('s50');
  expect(left.map(({ id }) => id)).toContain('s51');
  expect(await store.get('session', 'of-another')).toBeDefined();
  expect(
    await store.get('session', hashSecret(world.browser.cookies.get('mcp-oauth-demo-session-9000') ?? '')),
  ).toBeDefined();
});

it('of the grants that a user has with one client those end that were not used, where there are more than a thousand', async () => {
  const { world, store } = withStore();
  const now = world.clock.now();
  const grant = { client_id: 'demo-preset', sub: 'demo_user', scope: 'user', resource: [], created_at: 1 };
  for (let n = 0; n < 1050; n += 1)
    await store.put('grant', `g${n}`, { ...grant, last_used_at: now - 2000 + n }, now + 3600);
  await store.put('grant', 'of-another', { ...grant, client_id: 'other' }, now + 3600);
  for (let n = 0; n < 1099; n += 1) await store.increment(`grants:["demo_user","demo-preset"]`, 86_400);
  const { access_token } = await world.flow();
  const left = (await store.list('grant', { sub: 'demo_user', client_id: 'demo-preset' })).map(
    ({ id }) => id,
  );
  expect(left).toHaveLength(1000);
  expect(left).not.toContain('g50');
  expect(left).toContain('g51');
  expect(await store.get('grant', 'of-another')).toBeDefined();
  expect(world.event('grant.revoked')).toMatchObject({ reason: 'grants_too_many' });
  expect(await world.introspect(access_token)).toMatchObject({ active: true });
});

it('pages that wait for their users are trimmed to a cap', async () => {
  const trims: unknown[] = [];
  const world = createWorld({}, (clock) => {
    const store = createMemoryStore(clock);
    return { ...store, trim: (kind, keep) => (trims.push([kind, keep]), store.trim(kind, keep)) };
  });
  for (let n = 0; n < 101; n += 1) await world.browser.visit(world.authorizeUrl());
  expect(trims).toEqual([
    ['interaction', 100_000],
    ['interaction', 100_000],
  ]);
});
