import { describe, expect, it } from 'vitest';
import { recordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { OUR_RESOURCE, ourPair } from '../our-pair.js';
import {
  ACCESS_TOKEN,
  AS_METADATA,
  CODE,
  createForeignPair,
  inspect,
  ISSUER,
  json,
  legacyMcp,
  protectedMcp,
  TARGET,
} from '../support.js';
import { PROXY, PROXY_AS, proxied } from './proxied.js';

const RESOURCE = `${PROXY}/mcp`;

describe('a client whose only network is the proxy', () => {
  it('goes through the whole flow at a foreign pair, and breaks no check that it does not break there', async () => {
    const direct = await inspect(createForeignPair().fetch);
    const pair = createForeignPair();
    const { fetch } = proxied(pair.fetch);
    const { document } = await inspect(fetch, { target: RESOURCE });
    expect(document).toMatchObject({ outcome: 'completed', reason: null });
    const broken = (checks: typeof document.checks) =>
      checks.filter(({ status }) => status === 'fail' || status === 'warn').map(({ id }) => id);
    expect(broken(document.checks)).toEqual(broken(direct.document.checks));
  });

  it('goes through the whole flow at our own pair, login and consent pages included', async () => {
    const { fetch, exchanges } = proxied(ourPair(), OUR_RESOURCE);
    const { document } = await inspect(fetch, { target: RESOURCE });
    expect(document).toMatchObject({ outcome: 'completed', reason: null });
    expect(exchanges.map(({ to, meaning }) => `${to} ${meaning}`)).toContain('as sign-in');
    expect(exchanges.map((exchange) => recordedExchange.parse(exchange))).toEqual(exchanges);
  });

  it('speaks with a server of 2025 in sessions, whose streams stay open', async () => {
    const pair = createForeignPair({ 'POST mcp.example/mcp': protectedMcp(legacyMcp()) });
    const { fetch } = proxied(pair.fetch);
    const { document } = await inspect(fetch, { target: RESOURCE });
    expect(document).toMatchObject({ outcome: 'completed' });
  });
});

describe('what the servers get', () => {
  it('is the resource by its own name, wherever the client named the proxy', async () => {
    const pair = createForeignPair();
    const { fetch, exchanges } = proxied(pair.fetch);
    await inspect(fetch, { target: RESOURCE });
    expect(pair.authorization().get('resource')).toBe(TARGET);
    expect(pair.token().get('resource')).toBe(TARGET);
    expect(exchanges.find(({ meaning }) => meaning === 'token-request')!.said).toContain(
      `resource ${RESOURCE} in the request is sent on as ${TARGET}`,
    );
  });

  it('is the redirect URI, the state and the client_id as the client wrote them', async () => {
    const pair = createForeignPair();
    const { fetch, exchanges } = proxied(pair.fetch);
    await inspect(fetch, { target: RESOURCE });
    const asked = exchanges.find(({ meaning }) => meaning === 'authorization-request')!;
    const { brought } = asked;
    expect(pair.authorization().get('redirect_uri')).toBe(brought.redirect_uri);
    expect(pair.authorization().get('state')).toBe(brought.state);
    expect(pair.authorization().get('client_id')).toBe('registered-1');
  });
});

describe('what the client gets', () => {
  it('is metadata in which no URL leads past the proxy, and an iss that agrees with it', async () => {
    const { fetch, exchanges } = proxied(createForeignPair().fetch);
    const { document } = await inspect(fetch, { target: RESOURCE });
    const prm = await (await fetch(`${PROXY}/.well-known/oauth-protected-resource/mcp`)).json();
    expect(prm).toMatchObject({
      resource: RESOURCE,
      authorization_servers: [PROXY_AS],
      resource_name: 'Notes',
    });
    const as = (await (
      await fetch(`${PROXY_AS}/.well-known/oauth-authorization-server`)
    ).json()) as typeof AS_METADATA;
    expect(as.issuer).toBe(PROXY_AS);
    expect(JSON.stringify(as)).not.toContain('as.example');
    expect(as.token_endpoint).toBe(`${PROXY_AS}/token`);
    const asked = exchanges.find(({ meaning }) => meaning === 'authorization-request')!;
    expect(new URL(asked.response!.headers['location']!).searchParams.get('iss')).toBe(PROXY_AS);
    expect(document.checks.find(({ id }) => id === 'callback.iss')?.status ?? 'pass').toBe('pass');
  });

  it('is its token as it was issued', async () => {
    const { fetch } = proxied(createForeignPair().fetch);
    await inspect(fetch, { target: RESOURCE });
    const response = await fetch(`${PROXY_AS}/token`, {
      method: 'POST',
      body: new URLSearchParams({ code: CODE }),
    });
    expect(await response.json()).toMatchObject({ access_token: ACCESS_TOKEN });
  });

  it('is an issuer with a path, in all places where its metadata may be', async () => {
    const issuer = `${ISSUER}/tenant`;
    const metadata = { ...AS_METADATA, issuer };
    const pair = createForeignPair({
      'GET mcp.example/.well-known/oauth-protected-resource/mcp': json({
        resource: TARGET,
        authorization_servers: [issuer],
      }),
      'GET as.example/.well-known/oauth-authorization-server/tenant': json(metadata),
      'GET as.example/tenant/.well-known/openid-configuration': json(metadata),
    });
    const { fetch } = proxied(pair.fetch);
    const prm = await (await fetch(`${PROXY}/.well-known/oauth-protected-resource/mcp`)).json();
    expect(prm).toMatchObject({ authorization_servers: [`${PROXY_AS}/tenant`] });
    for (const path of [
      '/.well-known/oauth-authorization-server/tenant',
      '/tenant/.well-known/openid-configuration',
    ]) {
      expect(await (await fetch(PROXY_AS + path)).json()).toMatchObject({ issuer: `${PROXY_AS}/tenant` });
    }
  });
});

describe('what is written down', () => {
  it('is each exchange as the client had it, seen by the proxy, without a secret', async () => {
    const { fetch, exchanges } = proxied(createForeignPair().fetch);
    await inspect(fetch, { target: RESOURCE });
    expect(exchanges.length).toBeGreaterThan(6);
    expect(new Set(exchanges.map(({ observed_by: by }) => by))).toEqual(new Set(['proxy']));
    expect(new Set(exchanges.map(({ request }) => new URL(request.url).origin))).toEqual(
      new Set([PROXY, PROXY_AS]),
    );
    const text = JSON.stringify(exchanges);
    for (const secret of [ACCESS_TOKEN, CODE, 'foreign-refresh-token-0123456789abcdef'])
      expect(text).not.toContain(secret);
    expect(exchanges.map((exchange) => recordedExchange.parse(exchange))).toEqual(exchanges);
  });

  it('says which tool the client called, and who it says it is', async () => {
    const { fetch, exchanges } = proxied(createForeignPair().fetch);
    await inspect(fetch, { target: RESOURCE });
    const called = exchanges.flatMap(({ facts }) => facts.mcp ?? []);
    expect(called).toContainEqual({ method: 'tools/call', name: 'list_notes' });
  });
});
