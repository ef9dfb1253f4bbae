import { describe, expect, it } from 'vitest';
import { activeAnswer, createWorld, GOOD, INITIALIZE, NOW } from './support.js';

/** What a strict server makes of an answer about a token. */
async function verdictOn(answer: Readonly<Record<string, unknown>>) {
  const { as, post, told } = createWorld({ oauthStrict: true });
  as.tokens.set(GOOD, answer);
  const { status } = await post(INITIALIZE);
  return {
    status,
    reason: told('bearer.challenged')[0]?.reason,
    answered: told('introspection.answered')[0],
    client: told('session.opened')[0]?.client_id,
  };
}

describe('an introspection response in the spelling of a product', () => {
  it.each([
    ['scope as an array', { scope: ['openid', 'user'] }],
    ['scp as a string, and no scope', { scope: undefined, scp: 'openid user' }],
    ['scp as an array, and no scope', { scope: undefined, scp: ['user'] }],
    ['members that are null', { nbf: null, username: null, token_type: null, cnf: null }],
    ['exp and nbf as strings', { exp: String(NOW + 60), nbf: String(NOW) }],
    ['no exp', { exp: undefined }],
    ['no iss', { iss: undefined }],
    ['no token_type', { token_type: undefined }],
    ['the kind of token as token_type', { token_type: 'access_token' }],
    ['the kind of token as token_use', { token_use: 'access_token' }],
    ['the typ of an access token of Keycloak', { typ: 'Bearer' }],
    ['members that are no concern of ours', { azp: 7, cid: {}, appid: [], ext: { scope: 'x' }, scp: 7 }],
  ])('with %s is understood', async (_what, changes) => {
    expect(await verdictOn(activeAnswer(changes))).toMatchObject({ status: 200, reason: undefined });
  });

  it.each([
    ['azp', { azp: 'client-z' }],
    ['cid', { cid: 'client-z' }],
    ['appid', { appid: 'client-z' }],
  ])('names the client as %s', async (_what, changes) => {
    const verdict = await verdictOn(activeAnswer({ client_id: undefined, ...changes }));
    expect(verdict.client).toBe('client-z');
    expect(verdict.answered).toMatchObject({ client_id: 'client-z' });
  });

  it.each([
    ['another kind of value', { azp: 7, cid: {}, appid: { name: 'client-z' } }],
    ['a prototype', { ['__proto__']: { client_id: 'client-z', sub: 'admin' } }],
  ])('names no client by %s', async (_what, changes) => {
    const verdict = await verdictOn({ ...activeAnswer({ client_id: undefined }), ...changes });
    expect(verdict).toMatchObject({ status: 200, client: '(not named)' });
  });

  it('goes by client_id where others are there too', async () => {
    expect(await verdictOn(activeAnswer({ azp: 'client-z', cid: 'client-y' }))).toMatchObject({
      client: 'client-a',
    });
  });

  it('goes by scope where scp is there too', async () => {
    expect(await verdictOn(activeAnswer({ scope: 'profile', scp: 'user' }))).toMatchObject({
      status: 403,
      reason: 'scope_missing',
    });
  });
});

describe('an introspection response is not stretched to', () => {
  it.each([
    ['an exp that has passed, as a string', { exp: String(NOW) }, 401, 'token_expired'],
    ['an nbf to come, as a string', { nbf: String(NOW + 1) }, 401, 'token_not_yet_valid'],
    ['an exp that is no number', { exp: 'tomorrow' }, 503, 'introspection_malformed'],
    ['active as a string', { active: 'true' }, 503, 'introspection_malformed'],
    ['active as a number', { active: 1 }, 503, 'introspection_malformed'],
    ['no aud', { aud: undefined }, 401, 'audience_mismatch'],
    ['an empty aud', { aud: [] }, 401, 'audience_mismatch'],
    ['a scope in another case', { scope: 'User' }, 403, 'scope_missing'],
    ['a scope with a control character', { scope: 'user\u0007' }, 403, 'scope_missing'],
    ['a refresh token', { token_type: 'refresh_token' }, 401, 'not_a_bearer_token'],
    ['a refresh token of Hydra', { token_use: 'refresh_token' }, 401, 'not_a_bearer_token'],
    ['a refresh token of Keycloak', { typ: 'Refresh' }, 401, 'not_a_bearer_token'],
    ['an offline token of Keycloak', { typ: 'Offline' }, 401, 'not_a_bearer_token'],
    ['an ID token', { typ: 'ID' }, 401, 'not_a_bearer_token'],
    [
      'a token that is bound to a key of DPoP',
      { cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
      401,
      'not_a_bearer_token',
    ],
    [
      'a token that is bound to a certificate',
      { cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } },
      401,
      'not_a_bearer_token',
    ],
  ])('%s', async (_what, changes, status, reason) => {
    expect(await verdictOn(activeAnswer(changes))).toMatchObject({ status, reason });
  });

  it('an active token of an answer that is an array', async () => {
    const { as, post } = createWorld();
    as.introspect = async () => Response.json([activeAnswer()]);
    expect((await post(INITIALIZE)).status).toBe(503);
  });
});
