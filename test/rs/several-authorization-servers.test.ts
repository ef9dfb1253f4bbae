import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/shared/http/fetch.js';
import {
  activeAnswer,
  createFakeAuthorizationServer,
  createWorld,
  INITIALIZE,
  ISSUER,
  unsignedJwt,
} from './support.js';

const OTHER = 'http://localhost:9100';
/** The first server knows the first of these, the second the second. */
const [FIRST, SECOND] = ['opaque-token-of-the-first-0123456789', 'opaque-token-of-the-second-0123456789'];

/** A resource server that trusts two authorization servers, in this order. */
function createPair() {
  const [first, second] = [createFakeAuthorizationServer(ISSUER), createFakeAuthorizationServer(OTHER)];
  first.tokens.clear();
  second.tokens.clear();
  first.tokens.set(FIRST, activeAnswer());
  second.tokens.set(SECOND, activeAnswer({ iss: OTHER }));
  const world = createWorld(
    { authServers: [{ issuer: ISSUER }, { issuer: OTHER }], introspectionTimeoutMs: 100 },
    { fetch: networkOf({ [ISSUER]: first, [OTHER]: second }) },
  );
  return {
    ...world,
    first,
    second,
    statusFor: async (token: string) => (await world.post(INITIALIZE, token)).status,
    /** how often each was asked so far */
    asked: () => [first.introspections.length, second.introspections.length],
    reasons: () => world.told('bearer.challenged').map(({ reason }) => reason),
  };
}

describe('a JWT', () => {
  it.each([
    [ISSUER, [1, 0]],
    [`${ISSUER}/`, [1, 0]],
    [OTHER, [0, 1]],
  ])('of the issuer %s is shown to that one only', async (iss, asked) => {
    const pair = createPair();
    await pair.statusFor(unsignedJwt({ iss }));
    expect(pair.asked()).toEqual(asked);
  });

  it.each([
    'https://as.example',
    `${ISSUER}.as.example`,
    `${ISSUER}0`,
    'https://localhost:9000',
    'nonsense',
    '',
  ])('of the unknown issuer "%s" is refused without asking anybody', async (iss) => {
    const pair = createPair();
    expect(await pair.statusFor(unsignedJwt({ iss }))).toBe(401);
    expect(pair.asked()).toEqual([0, 0]);
    expect(pair.reasons()).toEqual(['issuer_mismatch']);
  });

  it('is refused like that by a server with one authorization server too', async () => {
    const { as, post } = createWorld();
    expect((await post(INITIALIZE, unsignedJwt({ iss: 'https://as.example' }))).status).toBe(401);
    expect(as.introspections).toEqual([]);
  });

  it('is not vouched for by another server than the one whose name it bears', async () => {
    const pair = createPair();
    const token = unsignedJwt({ iss: OTHER });
    pair.second.tokens.set(token, activeAnswer({ iss: ISSUER }));
    expect(await pair.statusFor(token)).toBe(401);
    expect(pair.asked()).toEqual([0, 1]);
    expect(pair.reasons()).toEqual(['issuer_mismatch']);
  });

  it.each([
    ['has no issuer', unsignedJwt({ sub: 'x' })],
    ['has an issuer that is no text', unsignedJwt({ iss: 7 })],
    ['has a payload that is no object', unsignedJwt([{ iss: OTHER }])],
    ['has a payload that is no JSON', 'eyJhbGciOiJub25lIn0.bm8ganNvbg.c2ln'],
    ['is encrypted', 'eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn'],
  ])('that %s is asked about like an opaque token', async (_what, token) => {
    const pair = createPair();
    expect(await pair.statusFor(token)).toBe(401);
    expect(pair.asked()).toEqual([1, 1]);
  });
});

describe('an opaque token', () => {
  it('is shown to each in the order given, until one knows it', async () => {
    const pair = createPair();
    expect(await pair.statusFor(FIRST)).toBe(200);
    expect(pair.asked()).toEqual([1, 0]);
    expect(await pair.statusFor(SECOND)).toBe(200);
    expect(pair.asked()).toEqual([2, 1]);
  });

  it('goes from then on to the one that knew it', async () => {
    const pair = createPair();
    for (const _ of [1, 2, 3]) expect(await pair.statusFor(SECOND)).toBe(200);
    expect(pair.asked()).toEqual([1, 3]);
    pair.second.tokens.clear();
    expect(await pair.statusFor(SECOND)).toBe(401);
    expect(pair.asked()).toEqual([1, 4]);
  });

  it('that nobody knows is refused as inactive', async () => {
    const pair = createPair();
    expect(await pair.statusFor('nobody-knows-this-token-0123456789')).toBe(401);
    expect(pair.asked()).toEqual([1, 1]);
    expect(pair.reasons()).toEqual(['token_inactive']);
  });

  it('is not one of a server that says it is of another issuer, and the next is asked', async () => {
    const pair = createPair();
    pair.first.tokens.set(SECOND, activeAnswer({ iss: OTHER }));
    expect(await pair.statusFor(SECOND)).toBe(200);
    pair.first.tokens.set('stray-token-0123456789abcdef', activeAnswer({ iss: OTHER }));
    expect(await pair.statusFor('stray-token-0123456789abcdef')).toBe(401);
    pair.second.tokens.set(
      'other-stray-token-0123456789abcdef',
      activeAnswer({ iss: 'https://third.example' }),
    );
    expect(await pair.statusFor('other-stray-token-0123456789abcdef')).toBe(401);
    expect(pair.reasons()).toEqual(['issuer_mismatch', 'issuer_mismatch']);
  });

  it('that the first knows to have expired is not shown to the second', async () => {
    const pair = createPair();
    pair.first.tokens.set(FIRST, activeAnswer({ exp: 1 }));
    expect(await pair.statusFor(FIRST)).toBe(401);
    expect(pair.asked()).toEqual([1, 0]);
    expect(pair.reasons()).toEqual(['token_expired']);
  });

  it('belongs to the user of its own authorization server, whatever the other calls its users', async () => {
    const pair = createPair();
    const session = (await pair.post(INITIALIZE, FIRST)).headers.get('mcp-session-id')!;
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    const headers = { 'mcp-session-id': session };
    expect((await pair.post(list, SECOND, headers)).status).toBe(404);
    expect((await pair.post(list, FIRST, headers)).status).toBe(200);
  });
});

describe('an outage of one of them', () => {
  it('gives 503, not 401, for a token that the others do not know', async () => {
    const pair = createPair();
    pair.first.up = false;
    expect(await pair.statusFor(FIRST)).toBe(503);
    expect(await pair.statusFor(SECOND)).toBe(200);
    expect(pair.reasons()).toEqual(['as_unreachable']);
  });

  it('gives 503 too for a token that another says it is not the issuer of', async () => {
    const pair = createPair();
    pair.first.tokens.set(SECOND, activeAnswer({ iss: OTHER }));
    pair.second.up = false;
    expect(await pair.statusFor(SECOND)).toBe(503);
  });

  it('gives 503 for its own tokens, without a question to the others', async () => {
    const pair = createPair();
    expect(await pair.statusFor(FIRST)).toBe(200);
    pair.first.up = false;
    expect(await pair.statusFor(FIRST)).toBe(503);
    expect(pair.second.introspections).toEqual([]);
  });

  it('holds up one request of the other at most', async () => {
    const pair = createPair();
    let held = 0;
    pair.first.introspect = () => {
      held += 1;
      return new Promise(() => {});
    };
    expect(await pair.statusFor(SECOND)).toBe(200);
    const another = 'another-token-of-the-second-0123456789';
    pair.second.tokens.set(another, activeAnswer({ iss: OTHER }));
    expect(await pair.statusFor(another)).toBe(200);
    expect(held).toBe(1);
  });

  it('ends when it can be asked again', async () => {
    const pair = createPair();
    pair.first.up = false;
    expect(await pair.statusFor(FIRST)).toBe(503);
    pair.first.up = true;
    pair.time.milliseconds += 1000;
    expect(await pair.statusFor(FIRST)).toBe(200);
  });
});
