import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/shared/secret.js';
import { activeAnswer, createWorld, GOOD, INITIALIZE, ISSUER, NOW, RESOURCE } from './support.js';
import { verifies } from '../verifies.js';

/** A server that keeps answers for ten seconds, asked at these moments; what it answered, and how often it asked. */
async function askedAt(seconds: readonly number[], answer: Readonly<Record<string, unknown>> = {}) {
  const world = createWorld({ introspectionCacheSeconds: 10 });
  world.as.tokens.set(GOOD, activeAnswer(answer));
  const statuses: number[] = [];
  for (const second of seconds) {
    world.time.now = NOW + second;
    statuses.push((await world.post(INITIALIZE)).status);
  }
  return { statuses, asked: world.as.introspections.length, ...world };
}

describe('an answer that is kept', () => {
  it('serves for the seconds that are allowed, and not one more', async () => {
    expect(await askedAt([0, 1, 9])).toMatchObject({ statuses: [200, 200, 200], asked: 1 });
    expect(await askedAt([0, 9, 10])).toMatchObject({ statuses: [200, 200, 200], asked: 2 });
  });

  it('is not made to last by being used', async () => {
    expect(await askedAt([0, 4, 8, 12])).toMatchObject({ asked: 2 });
  });

  verifies(['rs.rfc7662-4-cache-exp'], 'does not outlive the token', async () => {
    expect(await askedAt([0, 2], { exp: NOW + 3 })).toMatchObject({ statuses: [200, 200], asked: 1 });
    expect(await askedAt([0, 3], { exp: NOW + 3 })).toMatchObject({ statuses: [200, 401], asked: 2 });
  });

  it('is bounded where the token has no end', async () => {
    expect(await askedAt([0, 9, 10], { exp: undefined })).toMatchObject({ asked: 2 });
  });

  it('counts from when the question was asked, not from when the answer came', async () => {
    const { as, post, time } = createWorld({ introspectionCacheSeconds: 10 });
    as.introspect = async () => {
      time.now += 4;
      return Response.json(activeAnswer());
    };
    await post(INITIALIZE);
    time.now = NOW + 10;
    await post(INITIALIZE);
    expect(as.introspections).toHaveLength(2);
  });

  it('does not count after the clock was set back', async () => {
    expect(await askedAt([0, -1])).toMatchObject({ asked: 2 });
  });

  verifies(['rs.rfc7662-4-cache-choice'], 'hides a revocation for those seconds only', async () => {
    const { as, post, time } = createWorld({ introspectionCacheSeconds: 10 });
    expect((await post(INITIALIZE)).status).toBe(200);
    as.tokens.delete(GOOD);
    time.now += 9;
    expect((await post(INITIALIZE)).status).toBe(200);
    time.now += 1;
    expect((await post(INITIALIZE)).status).toBe(401);
  });

  it('is for one token only', async () => {
    const { as, post } = createWorld({ introspectionCacheSeconds: 10 });
    await post(INITIALIZE);
    expect((await post(INITIALIZE, `${GOOD}x`)).status).toBe(401);
    expect(as.introspections).toHaveLength(2);
  });

  it('is told of as such in the log', async () => {
    const { told } = await askedAt([0, 7]);
    expect(told('introspection.answered')).toHaveLength(1);
    expect(told('introspection.cached')).toMatchObject([
      { token: fingerprint(GOOD), client_id: 'client-a', scope: 'user', age: 7 },
    ]);
  });

  it('bridges an outage of the authorization server', async () => {
    const { as, post } = createWorld({ introspectionCacheSeconds: 10 });
    await post(INITIALIZE);
    as.up = false;
    expect((await post(INITIALIZE)).status).toBe(200);
  });

  it('is held against audience and scope each time', async () => {
    const { as, post } = createWorld({ introspectionCacheSeconds: 10, requiredScopes: ['other'] });
    expect((await post(INITIALIZE)).status).toBe(403);
    expect((await post(INITIALIZE)).status).toBe(403);
    expect(as.introspections).toHaveLength(1);
  });

  it('is not one of an issuer that the authorization server no longer has', async () => {
    const { as, post, rs } = createWorld({ introspectionCacheSeconds: 10 });
    expect((await post(INITIALIZE)).status).toBe(200);
    as.issuer = `${ISSUER}/`;
    await rs.fetch(new Request(new URL('/readyz', RESOURCE)));
    expect((await post(INITIALIZE)).status).toBe(401);
  });
});

describe('an answer is not kept', () => {
  verifies(['rs.rfc7662-4-cache-choice'], 'by default', async () => {
    const { as, post } = createWorld();
    await post(INITIALIZE);
    await post(INITIALIZE);
    expect(as.introspections).toHaveLength(2);
  });

  it('that a token is not active, so that it can become so', async () => {
    const { as, post } = createWorld({ introspectionCacheSeconds: 10 });
    as.tokens.clear();
    expect((await post(INITIALIZE)).status).toBe(401);
    as.tokens.set(GOOD, activeAnswer());
    expect((await post(INITIALIZE)).status).toBe(200);
  });

  it('of a token that is then refused with 401', async () => {
    const { as, post, told } = createWorld({ introspectionCacheSeconds: 10, oauthStrict: true });
    as.tokens.set(GOOD, activeAnswer({ aud: 'urn:other' }));
    expect((await post(INITIALIZE)).status).toBe(401);
    as.tokens.set(GOOD, activeAnswer());
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(told('introspection.cached')).toEqual([]);
  });

  it('that there could not be one', async () => {
    const { as, post } = createWorld({ introspectionCacheSeconds: 10 });
    as.introspect = async () => new Response(null, { status: 500 });
    expect((await post(INITIALIZE)).status).toBe(503);
    as.introspect = async () => Response.json(activeAnswer());
    expect((await post(INITIALIZE)).status).toBe(200);
  });
});
