import { describe, expect } from 'vitest';
import type { Tool } from '../../src/rs/index.js';
import { ConfigurationError } from '../../src/shared/configuration-error.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { deviates } from '../verifies.js';
import { createJwtWorld, sign } from './jwt-support.js';
import { listening, openSession, settle } from './sessions-support.js';
import {
  activeAnswer,
  challengeOf,
  createWorld,
  GOOD,
  INITIALIZE,
  ISSUER,
  METADATA,
  RESOURCE,
} from './support.js';

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

describe('the URLs of the MCP server', () => {
  /** What a client is told of them: by the challenge, and by the metadata. */
  async function urlsOf(resource: string, options: Parameters<typeof createWorld>[0] = {}) {
    const { rs } = createWorld({ resource, ...options });
    const challenged = await rs.fetch(new Request(resource, { method: 'POST' }));
    const url = challengeOf(challenged).parameters['resource_metadata']!;
    const metadata = (await (await rs.fetch(new Request(url))).json()) as { resource: string };
    return [url, metadata.resource];
  }

  deviates('plain-http-resource', 'are plain http on loopback', async () => {
    for (const url of await urlsOf(RESOURCE)) expect(url).toMatch(/^http:\/\/localhost/);
  });

  deviates.off('plain-http-resource', 'are https where the resource is, which it is elsewhere', async () => {
    const trusted = {
      issuer: 'https://as.example',
      introspectionCredentials: { id: 'rs', secret: 'secret' },
    };
    const options = { demoMode: false, authServers: [trusted] };
    for (const url of await urlsOf('https://mcp.example/mcp', options)) expect(url).toMatch(/^https:/);
    expect(() => createWorld({ ...options, resource: 'http://mcp.example/mcp' })).toThrow(ConfigurationError);
  });
});

describe('a JWT that is typed as some products do', () => {
  const TYPES = ['JWT', undefined, 'application/jwt'];

  deviates('accepted-types', 'is taken for an access token, and one of a third type is not', async () => {
    const { key, post } = await createJwtWorld({ acceptedTypes: ['JWT'] });
    for (const typ of TYPES) expect((await post(INITIALIZE, await sign(key, {}, { typ }))).status).toBe(200);
    expect((await post(INITIALIZE, await sign(key, {}, { typ: 'logout+jwt' }))).status).toBe(401);
  });

  deviates.off('accepted-types', 'is refused', async () => {
    const { key, post } = await createJwtWorld();
    for (const typ of TYPES) expect((await post(INITIALIZE, await sign(key, {}, { typ }))).status).toBe(401);
  });
});

describe('a client of 2025 that disconnects from the stream of its call', () => {
  /** What becomes of the call. */
  async function disconnected(sessions: 'stateful' | 'stateless') {
    const call = { begun: 0, aborted: 0 };
    const slow: Tool = {
      name: 'slow',
      description: 'Waits.',
      async handler(_input, { signal }) {
        call.begun += 1;
        await new Promise((gone) => signal.addEventListener('abort', gone, { once: true }));
        call.aborted += 1;
        return { content: [] };
      },
    };
    const world = createWorld({ sessions, tools: [slow] });
    const session = await openSession(world);
    const headers: Record<string, string> = session === '' ? {} : { 'mcp-session-id': session };
    const params = { name: 'slow', arguments: {} };
    const message = { jsonrpc: '2.0', id: 2, method: 'tools/call', params };
    const stream = listening(await world.post(message, GOOD, headers));
    await expect.poll(() => call.begun).toBe(1);
    await stream.drop();
    await settle();
    return { world, call, headers };
  }

  deviates('stateless-disconnect', 'has cancelled it where there are no sessions', async () => {
    const { call } = await disconnected('stateless');
    await expect.poll(() => call.aborted).toBe(1);
  });

  deviates.off('stateless-disconnect', 'has not cancelled it in a session, but for saying so', async () => {
    const { world, call, headers } = await disconnected('stateful');
    expect(call.aborted).toBe(0);
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } };
    expect((await world.post(cancelled, GOOD, headers)).status).toBe(202);
    await expect.poll(() => call.aborted).toBe(1);
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
