import { describe, expect, it } from 'vitest';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import type { FlowSoFar } from '../../../src/flows/watch/flow-so-far.js';
import { recordedPair, RESOURCE } from '../record/recorded-pair.js';
import { answeredWith, asAProxySaw, withMembers } from './fixtures/as-a-proxy.js';
import { CURSOR, INSPECTOR, REGISTERS } from './fixtures/other-clients.js';
import { runScenario } from './fixtures/run-scenario.js';
import { type ClientProfile, scriptedClient } from './fixtures/scripted-client.js';
import { VS_CODE } from './fixtures/vs-code/profile.js';
import { flowOf, judged } from './judged.js';

type Pair = ReturnType<typeof recordedPair>;

/** A client that has come as far as its client_id. */
async function registered(pair: Pair = recordedPair(), profile: ClientProfile = INSPECTOR) {
  const client = scriptedClient(pair, profile);
  await client.initialize();
  await client.readResourceMetadata();
  await client.readServerMetadata();
  await client.register();
  return client;
}

async function signedIn(pair: Pair = recordedPair(), profile: ClientProfile = INSPECTOR) {
  const client = await registered(pair, profile);
  await client.authorize();
  await client.redeem();
  return client;
}

function found(pair: Pair, more: Partial<FlowSoFar> = {}, earlier: readonly FlowSoFar[] = []) {
  return judged(flowOf(pair.exchanges, more), earlier).findings;
}

function ids(pair: Pair, more: Partial<FlowSoFar> = {}, earlier: readonly FlowSoFar[] = []) {
  return found(pair, more, earlier).map(({ id }) => id);
}

/** A whole flow of the Inspector, as a proxy before foreign servers sees it. */
async function foreign(): Promise<readonly RecordedExchange[]> {
  const [flow] = await runScenario(REGISTERS, INSPECTOR, recordedPair());
  return asAProxySaw(flow?.flow.exchanges.map(({ exchange }) => exchange) ?? []);
}

function idsOf(exchanges: readonly RecordedExchange[], more: Partial<FlowSoFar> = {}) {
  return judged(flowOf(exchanges, more)).found;
}

const FAILED = { outcome: 'failed' } as const;

describe('findings on registration', () => {
  it('counts registrations against logins of one program', async () => {
    const first = recordedPair();
    await registered(first);
    const second = recordedPair();
    await signedIn(second);
    const earlier = [flowOf(first.exchanges, FAILED)];
    const [finding] = found(second, {}, earlier);
    expect(finding?.id).toBe('registrations-exceed-logins');
    expect(finding?.what).toContain('2 registrations for 1 login,');
    expect(ids(second)).toEqual([]);
  });

  it('does not count a registration whose login is under way', async () => {
    const first = recordedPair();
    await signedIn(first);
    const second = recordedPair();
    await registered(second);
    expect(ids(second, { outcome: undefined }, [flowOf(first.exchanges)])).toEqual([]);
  });

  it('tells of a client that registers for each login, one after the other', async () => {
    const flows: FlowSoFar[] = [];
    for (let count = 0; count < 3; count += 1) {
      const pair = recordedPair();
      await signedIn(pair);
      flows.push(
        flowOf(pair.exchanges.map((exchange) => ({ ...exchange, at: exchange.at + count * 60_000 }))),
      );
    }
    expect(judged(flows[2]!, flows.slice(0, 2)).found).toEqual(['registers-for-each-login']);
    expect(judged(flows[1]!, flows.slice(0, 1)).found).toEqual([]);
  });

  it('does not take programs that run at the same time for one that forgets', async () => {
    const flows: FlowSoFar[] = [];
    for (let count = 0; count < 3; count += 1) {
      const pair = recordedPair();
      await signedIn(pair);
      const start = pair.exchanges[0]?.at ?? 0;
      // All within the same second, so that the second has registered before the first has signed in.
      flows.push(
        flowOf(pair.exchanges.map((exchange) => ({ ...exchange, at: (exchange.at - start) * 10 + count }))),
      );
    }
    expect(judged(flows[2]!, flows.slice(0, 2)).found).toEqual([]);
  });

  it('tells what was asked for where a registration is refused', async () => {
    const pair = recordedPair();
    const client = scriptedClient(pair, INSPECTOR);
    await client.register({ grant_types: ['password'] });
    const [finding] = found(pair, FAILED);
    expect(finding).toMatchObject({ id: 'register-refused', severity: 'problem', who: 'client' });
    expect(finding?.evidence).toContain('it asked for grant_types: password');
  });

  it('blames the server for a registration endpoint that is not there', async () => {
    const exchanges = answeredWith(await foreign(), 'registration', 404, 'not found');
    const { findings } = judged(flowOf(exchanges.slice(0, 4), FAILED));
    expect(findings.map(({ id, who }) => [id, who])).toEqual([['register-refused', 'as']]);
  });

  it('tells of a redirect URI that is refused at registration, and what Cursor makes of it', async () => {
    const pair = recordedPair();
    const client = scriptedClient(pair, CURSOR);
    await client.register({ redirect_uris: ['cursor:/elsewhere'] });
    const [finding] = found(pair, FAILED);
    expect(finding).toMatchObject({ id: 'redirect-uri-refused', who: 'as' });
    expect(finding?.change).toContain('all three redirect URIs of Cursor');
  });
});

describe('findings on how a client finds the servers', () => {
  it('tells of endpoints that are asked for at the MCP server', async () => {
    const pair = recordedPair();
    const client = scriptedClient(pair, VS_CODE);
    await client.initialize();
    await client.ask('http://localhost:8001/register', { method: 'POST', body: '{}' });
    const [finding] = found(pair, FAILED);
    expect(finding).toMatchObject({ id: 'wrong-host', severity: 'problem', who: 'as' });
  });

  it('does not take the search for well-known documents for a wrong host', async () => {
    const pair = recordedPair();
    const client = scriptedClient(pair, VS_CODE);
    await client.initialize();
    await client.ask('http://localhost:8001/.well-known/oauth-authorization-server');
    expect(ids(pair, { outcome: undefined })).toEqual([]);
  });

  it('tells of metadata that could not be read', async () => {
    const exchanges = answeredWith(await foreign(), 'authorization-server-metadata', 404, 'not found').slice(
      0,
      3,
    );
    expect(idsOf(exchanges, FAILED)).toEqual(['metadata-unreadable']);
    expect(idsOf(exchanges, { outcome: undefined })).toEqual([]);
  });

  it('tells of a challenge that does not say where the metadata is', async () => {
    const exchanges = (await foreign()).map((exchange, index) =>
      index === 0 && exchange.response
        ? { ...exchange, response: { ...exchange.response, headers: { 'www-authenticate': 'Bearer' } } }
        : exchange,
    );
    expect(idsOf(exchanges)).toEqual(['challenge-without-metadata']);
  });

  it('names what in the metadata makes a client stop', async () => {
    const exchanges = withMembers(await foreign(), 'authorization-server-metadata', {
      registration_endpoint: undefined,
      code_challenge_methods_supported: undefined,
    }).slice(0, 3);
    const { findings } = judged(flowOf(exchanges, FAILED));
    expect(findings.map(({ id }) => id)).toEqual(['stopped-after-metadata']);
    expect(findings[0]?.evidence.join(' ')).toMatch(/no registration_endpoint.*lacks S256/);
  });

  it('tells of a preflight that is refused, and of none that is allowed', async () => {
    const preflight = async (pair: Pair) => {
      await pair.fetch('http://localhost:9000/token', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://web.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
      return pair;
    };
    expect(ids(await preflight(recordedPair({ allowOrigins: ['https://other.example'] })))).toEqual([
      'cors-preflight-refused',
    ]);
    expect(ids(await preflight(recordedPair({ allowOrigins: ['https://web.example'] })))).toEqual([]);
  });
});

describe('findings on identifiers', () => {
  it('tells to the character where the issuer is spelled in two ways', async () => {
    const exchanges = withMembers(await foreign(), 'resource-metadata', {
      authorization_servers: ['http://localhost:9000/'],
    });
    const { findings } = judged(flowOf(exchanges));
    expect(findings.map(({ id, who }) => [id, who])).toEqual([['issuer-mismatch', 'rs']]);
    expect(findings[0]?.evidence[0]).toContain('lacks the slash at the end');
  });

  it('tells where the token is for another resource than this server', async () => {
    const pair = recordedPair({}, { resource: 'http://localhost:8001/mcp' });
    const client = await registered(pair);
    const exchanges = withMembers(asAProxySaw(pair.exchanges), 'resource-metadata', {
      resource: `${RESOURCE}/v2`,
    });
    await client.authorize();
    const authorized = asAProxySaw(pair.exchanges).filter(
      ({ meaning }) => meaning === 'authorization-request',
    );
    const [finding] = judged(flowOf([...exchanges, ...authorized], { outcome: undefined })).findings;
    expect(finding).toMatchObject({ id: 'audience-mismatch', severity: 'notice', who: 'client' });
    expect(finding?.evidence[0]).toContain('lacks the end of the path');
  });

  it('takes the word of our own MCP server for a token of another audience', async () => {
    const pair = recordedPair({ resources: [RESOURCE, 'http://localhost:8001/other'] });
    const client = await registered(pair);
    const toOther: Pair = {
      ...pair,
      fetch: (input, init) => {
        const request = new Request(input, init);
        return pair.fetch(
          request.url.replaceAll('8001%2Fmcp', '8001%2Fother'),
          request.method === 'GET' ? { headers: request.headers } : init,
        );
      },
    };
    const other = scriptedClient(toOther, INSPECTOR);
    await other.readServerMetadata();
    await other.readResourceMetadata();
    other.keep(client.clientId() ?? '');
    await other.authorize();
    await other.redeem();
    await other.initialize();
    expect(found(pair).map(({ id }) => id)).toContain('audience-mismatch');
  });

  it('tells of a client that names no resource', async () => {
    const pair = recordedPair();
    const client = scriptedClient(pair, INSPECTOR);
    await client.initialize();
    await client.readServerMetadata();
    await client.register();
    await client.authorize();
    await client.ask('http://localhost:8001/.well-known/oauth-protected-resource/mcp');
    expect(ids(pair, { outcome: undefined })).toEqual(['resource-missing']);
  });
});

describe('findings on the sign-in', () => {
  it('tells of a user who did not allow it', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    await client.authorize('deny');
    expect(ids(pair, FAILED)).toEqual(['user-denied']);
  });

  it('tells of a user who went away, once the flow has ended', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    await client.lookAtLogin();
    expect(ids(pair, { outcome: undefined })).toEqual([]);
    expect(ids(pair, FAILED)).toEqual(['login-abandoned']);
  });

  it('tells of a code that nobody redeems', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    await client.authorize();
    expect(ids(pair, { outcome: undefined })).toEqual([]);
    expect(ids(pair, FAILED)).toEqual(['code-not-redeemed']);
  });

  it('tells of a request without PKCE', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    await pair.fetch(
      `http://localhost:9000/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: client.clientId() ?? '',
        redirect_uri: INSPECTOR.redirectUri,
        resource: RESOURCE,
        state: 'xyzxyzxyz',
      })}`,
    );
    expect(ids(pair, FAILED)).toEqual(['missing-pkce']);
  });

  it('tells of a redirect URI that is not registered', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    client.listenAt('http://localhost:6274/elsewhere');
    await client.authorize();
    const [finding, ...others] = found(pair, FAILED);
    expect(finding).toMatchObject({ id: 'redirect-uri-refused', who: 'client' });
    expect(others).toEqual([]);
  });

  it('tells of a scope that the server does not have', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    await pair.fetch(
      `http://localhost:9000/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: client.clientId() ?? '',
        redirect_uri: INSPECTOR.redirectUri,
        resource: RESOURCE,
        code_challenge: 'QUPzHgBjM0wpj-jPkJ0_RyhACrIZfbry19TokmsR-Qo',
        code_challenge_method: 'S256',
        scope: 'nonsense',
        state: 'xyzxyzxyz',
      })}`,
    );
    const [finding] = found(pair, { outcome: undefined });
    expect(finding?.id).toBe('authorization-refused');
    expect(finding?.what).toContain('invalid_scope');
  });
});

describe('findings on tokens', () => {
  it('tells of a verifier that does not belong to the challenge', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    await client.authorize();
    const mixed: Pair = {
      ...pair,
      fetch: (input, init) =>
        pair.fetch(
          input,
          init?.body instanceof URLSearchParams
            ? {
                ...init,
                body: new URLSearchParams({
                  ...Object.fromEntries(init.body),
                  code_verifier: 'a'.repeat(43),
                }),
              }
            : init,
        ),
    };
    const other = scriptedClient(mixed, INSPECTOR);
    other.keep(client.clientId() ?? '');
    await other.authorize();
    await other.redeem();
    expect(ids(pair, FAILED)).toContain('pkce-verifier-wrong');
    expect(ids(pair, FAILED)).not.toContain('code-exchange-failed');
  });

  it('tells of a code that is redeemed twice', async () => {
    const pair = recordedPair();
    const client = await signedIn(pair);
    await client.redeem();
    expect(ids(pair, FAILED)).toContain('code-exchange-failed');
  });

  it('tells of a metadata document that is refused', async () => {
    const pair = recordedPair();
    const client = await registered(pair, VS_CODE);
    client.useDocument();
    await client.authorize();
    expect(ids(pair, { outcome: undefined })).toEqual(['client-document-refused']);
  });

  it('tells of a client that does not authenticate as it registered', async () => {
    const pair = recordedPair();
    const client = await registered(pair);
    await client.register({ token_endpoint_auth_method: 'client_secret_post' });
    await client.authorize();
    await client.redeem();
    expect(ids(pair, { outcome: undefined })).toEqual(['client-authentication-refused']);
  });

  it('tells a refresh token that is used twice from one that is refused otherwise', async () => {
    const pair = recordedPair({ refreshGraceSeconds: 0 });
    const client = await signedIn(pair);
    const refresh = (refresh_token: string) =>
      pair.fetch('http://localhost:9000/token', {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token,
          client_id: client.clientId() ?? '',
        }),
      });
    await refresh('never-issued-0123456789abcdef');
    expect(ids(pair, { outcome: undefined })).toEqual(['refresh-refused']);
    const first = (await (await client.refresh()).json()) as { refresh_token: string };
    await refresh(first.refresh_token);
    await refresh(first.refresh_token);
    expect(ids(pair, { outcome: undefined })).toContain('refresh-token-replayed');
  });

  it('tells of a login that a refresh token would have spared', async () => {
    const pair = recordedPair({ grants: ['authorization_code'], accessTokenSeconds: 600 });
    const client = await signedIn(pair);
    const first = flowOf(pair.exchanges);
    await client.authorize();
    await client.redeem();
    const again = pair.exchanges.slice(first.exchanges.length);
    const later = (seconds: number) =>
      flowOf(again.map((exchange) => ({ ...exchange, at: exchange.at + seconds * 1000 })));
    expect(judged(later(700), [first]).found).toContain('login-again-after-expiry');
    expect(judged(later(100), [first]).found).not.toContain('login-again-after-expiry');
  });

  it('tells of a token after which nothing comes, and not while it may still come', async () => {
    const pair = recordedPair();
    await signedIn(pair);
    expect(ids(pair, { outcome: undefined })).toEqual([]);
    const [finding] = found(pair, FAILED);
    expect(finding).toMatchObject({ id: 'token-then-silence', severity: 'problem' });
    expect(finding?.what).toContain('never came with it');
  });

  it('tells of a token that was used for a greeting only', async () => {
    const pair = recordedPair();
    const client = await signedIn(pair);
    await client.initialize();
    const [finding] = found(pair, FAILED);
    expect(finding?.what).toContain('said initialize and no more');
  });

  it('tells of a fresh token that the MCP server refuses', async () => {
    const pair = recordedPair();
    const client = await signedIn(pair);
    await client.initialize();
    const last = pair.exchanges.findLast(({ meaning }) => meaning === 'mcp')!;
    const refused: RecordedExchange = {
      ...last,
      reason_code: 'token_inactive',
      response: {
        status: 401,
        headers: { 'www-authenticate': 'Bearer error="invalid_token", error_description="unknown"' },
        body: null,
        truncated: false,
      },
    };
    const exchanges = pair.exchanges.map((exchange) => (exchange === last ? refused : exchange));
    const { findings } = judged(flowOf(exchanges, FAILED));
    expect(findings.map(({ id, who }) => [id, who])).toEqual([['token-rejected-after-fresh-login', 'rs']]);
    const old = exchanges.map((exchange) =>
      exchange === refused ? { ...exchange, at: exchange.at + 3_600_000 } : exchange,
    );
    expect(idsOf(old, FAILED)).not.toContain('token-rejected-after-fresh-login');
  });

  it('tells where an unknown client is answered in a form that no client acts on', async () => {
    const exchanges = answeredWith(await foreign(), 'token-request', 400, {
      error: 'invalid_grant',
      error_description: 'Client not found',
    });
    const { findings } = judged(flowOf(exchanges, FAILED));
    expect(findings.find(({ id }) => id === 'invalid-client-form')).toMatchObject({ who: 'as' });
  });

  it('knows that VS Code does not drop its client_id for a correct refusal of a code', async () => {
    const pair = recordedPair();
    await signedIn(pair, VS_CODE);
    const refused = answeredWith(asAProxySaw(pair.exchanges), 'token-request', 401, {
      error: 'invalid_client',
    });
    const finding = judged(flowOf(refused, FAILED)).findings.find(({ id }) => id === 'invalid-client-form');
    expect(finding?.change).toContain('Remove Dynamic Authentication Providers');
  });

  it('tells of a token that is served after it was taken back', async () => {
    const pair = recordedPair();
    const client = await signedIn(pair);
    await client.initialize();
    await client.initialized();
    await client.listTools();
    const [token] = pair.exchanges.filter(({ meaning }) => meaning === 'token-request');
    const calls = pair.exchanges.filter(({ meaning }) => meaning === 'mcp');
    const revoked: RecordedExchange = {
      ...token!,
      meaning: 'revocation',
      at: calls.at(-1)!.at - 1,
      milliseconds: 0,
      brought: { access_token: token!.gave.access_token },
      gave: {},
      facts: {},
      response: { status: 200, headers: {}, body: null, truncated: false },
    };
    expect(idsOf([...pair.exchanges, revoked])).toEqual(['jwt-outlives']);
    expect(idsOf([...pair.exchanges, { ...revoked, at: calls.at(-1)!.at + 100 }])).toEqual([]);
  });
});

describe('findings on scopes', () => {
  async function lacking(scope: string | undefined, times: number): Promise<readonly RecordedExchange[]> {
    const pair = recordedPair();
    const client = await signedIn(pair);
    await client.initialize();
    for (let time = 1; time < times; time += 1) {
      await client.authorize();
      await client.redeem();
      client.restart();
      await client.initialize();
    }
    return pair.exchanges.map((exchange) => {
      if (exchange.meaning === 'mcp' && exchange.brought.access_token !== undefined) {
        return {
          ...exchange,
          facts: { missing_scopes: ['notes.write'] },
          response: {
            status: 403,
            headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="user notes.write"' },
            body: null,
            truncated: false,
          },
        };
      }
      if (exchange.meaning !== 'authorization-request' || scope === undefined) return exchange;
      const url = new URL(exchange.request.url);
      url.searchParams.set('scope', scope);
      return { ...exchange, request: { ...exchange.request, url: url.href } };
    });
  }

  it('tells of a client that comes back without the scope that was missing', async () => {
    expect(idsOf(await lacking(undefined, 2), FAILED)).toEqual(['step-up-loop', 'scope-not-widened']);
  });

  it('tells of a loop where the scope was asked for, and not given', async () => {
    expect(idsOf(await lacking('user notes.write', 2), FAILED)).toEqual(['step-up-loop']);
  });

  it('takes one refusal for what it is', async () => {
    expect(idsOf(await lacking(undefined, 1), FAILED)).toEqual([]);
  });
});
