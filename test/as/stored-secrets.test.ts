import { expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../src/as/index.js';
import type { Clock } from '../../src/shared/clock.js';
import { verifies } from '../verifies.js';
import { createWorld } from './support.js';

it('a signing key is stored as it is, and its private half is nowhere else', async () => {
  const stored: { kind: string; value: unknown }[] = [];
  const world = createWorld({ tokenFormat: 'jwt' }, (clock) => {
    const store = createMemoryStore(clock);
    return {
      ...store,
      put: (kind, ...rest) => (stored.push({ kind, value: rest }), store.put(kind, ...rest)),
      add: (kind, ...rest) => (stored.push({ kind, value: rest }), store.add(kind, ...rest)),
    };
  });
  const { access_token = '' } = await world.flow();
  const keys = stored.filter(({ kind }) => kind === 'signing_key');
  const d = /"d":"([\w-]{43})"/.exec(JSON.stringify(keys))?.[1] ?? 'no private key';
  expect(keys).toHaveLength(1);
  const elsewhere = [
    ...stored.filter(({ kind }) => kind !== 'signing_key'),
    ...world.events,
    await (await world.fetch('http://localhost:9000/jwks')).text(),
  ];
  expect(JSON.stringify(elsewhere)).toContain('"kid');
  expect(JSON.stringify(elsewhere)).not.toContain(d);
  expect(JSON.stringify(stored)).not.toContain(access_token);
});

verifies(
  [
    'mcp-token-theft-storage',
    'oauth2.1-1.4-confidential',
    'oauth2.1-4.3-confidential',
    'oauth2.1-7.7-128-bits',
    'oauth2.1-7.7-160-bits',
  ],
  'nothing that is stored holds a code, token, client secret, password, cookie or CSRF token',
  async () => {
    const written: string[] = [];
    const world = createWorld({ users: [{ username: 'alice', password: 'the-password' }] }, (clock) => {
      const store = createMemoryStore(clock);
      const note = (...what: readonly unknown[]) => void written.push(JSON.stringify(what));
      return {
        ...store,
        put: (kind, id, value, expires_at) => (note(id, value), store.put(kind, id, value, expires_at)),
        add: (kind, id, value, expires_at) => (note(id, value), store.add(kind, id, value, expires_at)),
        replace: (kind, id, change) => (note(id, change), store.replace(kind, id, change)),
      };
    });
    const { client_id, client_secret, registration_access_token } = (
      await world.register({ token_endpoint_auth_method: 'client_secret_post' })
    ).body;
    const login = await world.browser.visit(world.authorizeUrl({ client_id }));
    const fields = { username: 'alice', password: 'the-password' };
    const consent = await world.browser.submit(login, { fields });
    const code = (await world.browser.submit(consent)).left?.searchParams.get('code') ?? '';
    const { access_token, refresh_token } = (await world.token({ client_id, client_secret, code })).body;
    const csrfTokens = [login, consent].map(
      ({ html }) => /name="csrf_token" value="([^"]+)"/.exec(html)?.[1],
    );
    const cookies = [...world.browser.cookies.values()];
    const secrets = [
      client_secret,
      registration_access_token,
      code,
      access_token,
      refresh_token,
      ...csrfTokens,
      ...cookies,
    ];
    for (const secret of [...secrets, 'the-password']) {
      expect(secret).toBeTruthy();
      expect(written.join('\n')).not.toContain(secret);
    }
    expect(secrets.every((secret) => (secret?.length ?? 0) >= 43)).toBe(true);
    expect(written.length).toBeGreaterThan(7);
  },
);

/** A store that writes down all that it is told and all that it gives out, ids and keys of counters too. */
function recording() {
  const seen: string[] = [];
  const note = (...what: readonly unknown[]) => void seen.push(JSON.stringify(what));
  const create = (clock: Clock): Store => {
    const store = createMemoryStore(clock);
    return {
      get: async (kind, id) => (note(kind, id), store.get(kind, id)),
      put: async (kind, id, value, expires_at) => (
        note(kind, id, value),
        store.put(kind, id, value, expires_at)
      ),
      add: async (kind, id, value, expires_at) => (
        note(kind, id, value),
        store.add(kind, id, value, expires_at)
      ),
      replace: async (kind, id, change) => (note(kind, id, change), store.replace(kind, id, change)),
      take: async (kind, id) => (note(kind, id), store.take(kind, id)),
      list: async (kind, index) => (note(kind, index), store.list(kind, index)),
      increment: async (key, seconds) => (note(key), store.increment(key, seconds)),
      trim: async (kind, keep) => (note(kind), store.trim(kind, keep)),
      close: () => store.close(),
    };
  };
  return { seen, create };
}

it.each(['opaque', 'jwt'] as const)(
  'through whole flows with %s tokens the store learns no code, token, secret, cookie or password, in no id, index and counter',
  async (tokenFormat) => {
    const { seen, create } = recording();
    const storeKey = 'a5'.repeat(32);
    const secrets: Record<string, string | undefined> = {
      storeKey,
      password: 'the-password',
      wrong: 'a-wrong-password',
    };
    const world = createWorld(
      {
        tokenFormat,
        storeKeys: [storeKey],
        users: [{ username: 'alice', password: 'the-password' }],
        refreshGraceSeconds: 5,
      },
      create,
    );
    const registration = (await world.register({ token_endpoint_auth_method: 'client_secret_post' })).body;
    const { client_id, client_secret, registration_access_token } = registration;
    Object.assign(secrets, { client_secret, registration_access_token });

    const login = await world.browser.visit(world.authorizeUrl({ client_id }));
    const again = await world.browser.submit(login, {
      fields: { username: 'alice', password: 'a-wrong-password' },
    });
    const consent = await world.browser.submit(again, {
      fields: { username: 'alice', password: 'the-password' },
    });
    const code = (await world.browser.submit(consent)).left?.searchParams.get('code') ?? '';
    for (const [n, { html }] of [login, again, consent].entries())
      secrets[`csrf${n}`] = /name="csrf_token" value="([^"]+)"/.exec(html)?.[1];
    for (const [name, value] of world.browser.cookies) secrets[name] = value;

    const first = (await world.token({ client_id, client_secret, code })).body;
    const refresh = { grant_type: 'refresh_token', client_id, client_secret };
    const second = (await world.token({ ...refresh, refresh_token: first['refresh_token'] })).body;
    const third = (await world.token({ ...refresh, refresh_token: second['refresh_token'] })).body;
    Object.assign(secrets, { code, access1: first['access_token'], refresh1: first['refresh_token'] });
    Object.assign(secrets, { access2: second['access_token'], refresh2: second['refresh_token'] });
    Object.assign(secrets, { access3: third['access_token'], refresh3: third['refresh_token'] });
    expect((await world.introspect(third['access_token']))['active']).toBe(true);
    expect(
      (await world.post('/revoke', { client_id, client_secret, token: third['refresh_token'] })).status,
    ).toBe(200);
    await world.token({ client_id, client_secret, code });

    const url = `http://localhost:9000/register/${client_id}`;
    const authorization = `Bearer ${registration_access_token}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const metadata = { client_id, client_secret, redirect_uris: ['https://app.example/cb'] };
    const updated = await world.fetch(url, { method: 'PUT', headers, body: JSON.stringify(metadata) });
    expect({ read: (await world.fetch(url, { headers })).status, updated: updated.status }).toEqual({
      read: 200,
      updated: 200,
    });
    expect((await world.fetch(url, { method: 'DELETE', headers })).status).toBe(204);

    const all = seen.join('\n');
    for (const [name, secret] of Object.entries(secrets)) {
      expect(secret, name).toBeTruthy();
      expect(all.includes(secret ?? ''), name).toBe(false);
    }
    expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(14);
    expect(all).not.toContain('"d":');
    for (const kind of [
      'client',
      'grant',
      'session',
      'access_token',
      'refresh_token',
      'issued',
      'login_failures',
    ])
      expect(all).toContain(kind);
    expect(all.includes('signing_key')).toBe(tokenFormat === 'jwt');
  },
);
