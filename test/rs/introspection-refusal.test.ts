import { describe, expect, it } from 'vitest';
import { challengeOf, createWorld, INITIALIZE } from './support.js';

describe('an authorization server that refuses the question instead of answering it', () => {
  it.each([
    ['401 with active: false, as the example of the MCP SDK does', 401, { active: false }, 'token_inactive'],
    [
      '400 unsupported_token_type, as oidc-provider does for JWTs',
      400,
      { error: 'unsupported_token_type' },
      'token_not_introspectable',
    ],
  ])('has refused the token, and is not taken for gone: %s', async (_what, status, body, reason) => {
    const { as, post, told } = createWorld();
    await post(INITIALIZE);
    as.introspect = async () => Response.json(body, { status });
    const response = await post(INITIALIZE);
    expect(response.status).toBe(401);
    expect(challengeOf(response).parameters).toMatchObject({ error: 'invalid_token' });
    expect(told('bearer.challenged')).toMatchObject([{ status: 401, reason }]);
    expect(told('as.unreachable')).toEqual([]);
    // Anybody can send such a token: it must not cost another look at the metadata each time.
    expect(as.metadataReads).toBe(1);
  });

  it.each([
    [401, { error: 'invalid_client' }],
    [400, { error: 'invalid_request' }],
    [400, { active: true, scope: 'user' }],
    [500, { active: false }],
  ])('has said nothing of the token with %i %j', async (status, body) => {
    const { as, post } = createWorld();
    as.introspect = async () => Response.json(body, { status });
    expect((await post(INITIALIZE)).status).toBe(503);
  });
});
