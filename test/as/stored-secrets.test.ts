import { expect, it } from 'vitest';
import { createMemoryStore } from '../../src/as/index.js';
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
