import { describe, expect, it } from 'vitest';
import { createForeignPair, inspect, ISSUER } from '../support.js';

const NO_STORE = { 'cache-control': 'no-store' };

/** The statuses of the checks at an authorization server that answers a registration with these changes. */
async function registeredWith(changes: Readonly<Record<string, unknown>>) {
  const pair = createForeignPair({
    'POST as.example/register': async (request) =>
      Response.json(
        { ...((await request.json()) as object), client_id: 'registered-1', ...changes },
        { status: 201, headers: NO_STORE },
      ),
    [`DELETE as.example/clients/registered-1`]: () => new Response(null, { status: 204 }),
  });
  const { document, check } = await inspect(pair.fetch);
  return { check, completed: document.outcome === 'completed' };
}

const URI = `${ISSUER}/clients/registered-1`;

describe('the answer to a registration', () => {
  it.each([
    ['as.registration-redirect-uris', { redirect_uris: undefined }, 'fail'],
    ['as.registration-redirect-uris', { redirect_uris: 'http://127.0.0.1/callback' }, 'fail'],
    ['as.registration-redirect-uris', {}, 'pass'],
    ['as.registration-redirect-uri-kept', { redirect_uris: ['http://127.0.0.1/other'] }, 'warn'],
    ['as.registration-redirect-uri-kept', {}, 'pass'],
    ['as.registration-issued-at', { client_id_issued_at: '2026-09-21' }, 'fail'],
    ['as.registration-issued-at', { client_id_issued_at: 1_790_000_000 }, 'pass'],
    ['as.registration-issued-at', {}, 'skip'],
    [
      'as.registration-auth-method',
      { token_endpoint_auth_method: 'client_secret_post', client_secret: 's', client_secret_expires_at: 0 },
      'warn',
    ],
    ['as.registration-auth-method', {}, 'pass'],
    ['as.registration-management', { registration_client_uri: URI }, 'fail'],
    ['as.registration-management', { registration_access_token: 'a-token' }, 'fail'],
    [
      'as.registration-management',
      { registration_client_uri: '/clients/registered-1', registration_access_token: 'a-token' },
      'fail',
    ],
    [
      'as.registration-management',
      { registration_client_uri: URI, registration_access_token: 'a-token' },
      'pass',
    ],
    ['as.registration-management', {}, 'skip'],
  ])('settles %s: %j is %s', async (id, changes, status) => {
    const { check, completed } = await registeredWith(changes);
    expect(check(id)).toBe(status);
    expect(completed).toBe(true);
  });
});
