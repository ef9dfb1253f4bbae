import { describe, expect } from 'vitest';
import { networkOf } from '../../src/shared/http/fetch.js';
import { deviates } from '../verifies.js';
import { activeAnswer, createWorld, GOOD, INITIALIZE, ISSUER, METADATA } from './support.js';

describe('a token for another resource', () => {
  const ELSEWHERE = 'http://localhost:8002/mcp';

  deviates('lax-audience', 'is accepted by default, and the log warns', async () => {
    const { as, post, events } = createWorld();
    as.tokens.set(GOOD, activeAnswer({ aud: ELSEWHERE }));
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'resource.compared', same: false, level: 'warning' }),
    );
  });

  deviates.off('lax-audience', 'is refused by a strict server', async () => {
    const { as, post } = createWorld({ oauthStrict: true });
    as.tokens.set(GOOD, activeAnswer({ aud: ELSEWHERE }));
    expect((await post(INITIALIZE)).status).toBe(401);
  });
});

describe('metadata of another issuer than the one that was asked for', () => {
  /** The authorization server of `--epoch two`, whose metadata is at the root too. */
  function createMoved(demoMode: boolean) {
    const issuer = `${ISSUER}/two`;
    const document = () => Response.json({ issuer, introspection_endpoint: `${issuer}/introspect` });
    const introspectionCredentials = { id: 'rs', secret: 'a-secret-of-the-two' };
    return createWorld(
      { demoMode, authServers: [{ issuer: ISSUER, introspectionCredentials }] },
      { fetch: networkOf({ [ISSUER]: { fetch: async () => document() } }) },
    );
  }

  deviates('followed-issuer', 'is followed in demo mode, on the same host and port', async () => {
    const { network } = createMoved(true);
    const metadata: unknown = await (await network(METADATA)).json();
    expect(metadata).toMatchObject({ authorization_servers: [`${ISSUER}/two`] });
  });

  deviates.off('followed-issuer', 'is used for nothing elsewhere', async () => {
    const { network, post, told } = createMoved(false);
    const metadata: unknown = await (await network(METADATA)).json();
    expect(metadata).toMatchObject({ authorization_servers: [ISSUER] });
    expect((await post(INITIALIZE)).status).toBe(503);
    expect(told('bearer.challenged')).toMatchObject([{ reason: 'as_issuer_mismatch' }]);
  });
});
