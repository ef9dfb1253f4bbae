import { describe, expect, it } from 'vitest';
import {
  activeAnswer,
  challengeOf,
  createWorld,
  GOOD,
  INITIALIZE,
  mcpRequest,
  NOW,
  RESOURCE,
} from './support.js';
import { verifies } from '../verifies.js';

const METADATA_URL = 'http://localhost:8001/.well-known/oauth-protected-resource/mcp';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const formRequest = (body: string, headers: Record<string, string> = {}) =>
  new Request(RESOURCE, { method: 'POST', headers: { ...FORM, ...headers }, body });

describe('a request without a token', () => {
  verifies(
    [
      'rs.mcp-discovery-one-way',
      'rs.mcp-scope-challenge',
      'rs.mcp-errors-statuses',
      'rs.oauth2.1-5.3.1-challenge',
      'rs.rfc6750-3-challenge',
      'rs.oauth2.1-5.3.2-no-error',
      'rs.rfc6750-3.1-no-details',
      'rs.rfc9728-5.1-challenge',
    ],
    'is answered 401 with where to get one, and with no error',
    async () => {
      const { rs, as, told } = createWorld();
      const response = await rs.fetch(mcpRequest(INITIALIZE));
      expect(response.status).toBe(401);
      expect(challengeOf(response).parameters).toEqual({ resource_metadata: METADATA_URL, scope: 'user' });
      expect(await response.json()).not.toHaveProperty('error');
      expect(as.introspections).toEqual([]);
      expect(told('bearer.challenged')).toMatchObject([{ status: 401, reason: 'token_missing' }]);
      expect(told('request.served')).toMatchObject([
        { status: 401, reason: 'token_missing', level: 'debug' },
      ]);
    },
  );

  verifies.each(['GET', 'DELETE'])(
    [
      'rs.mcp-token-header',
      'rs.mcp-privilege-before',
      'rs.http-security-authentication',
      'rs.http2025-security-authentication',
    ],
    'gets nothing from %s either',
    async (method) => {
      const { rs } = createWorld();
      const headers = { accept: 'text/event-stream', 'mcp-session-id': 'x' };
      expect((await rs.fetch(new Request(RESOURCE, { method, headers }))).status).toBe(401);
    },
  );

  verifies(['rs.mcp-privilege-before'], 'is answered before its body is read', async () => {
    const { rs } = createWorld();
    const request = mcpRequest(INITIALIZE);
    expect((await rs.fetch(request)).status).toBe(401);
    expect(request.bodyUsed).toBe(false);
  });

  it('leaves the scope out of the challenge if none is required', async () => {
    const { rs } = createWorld({ requiredScopes: [] });
    expect(challengeOf(await rs.fetch(mcpRequest(INITIALIZE))).parameters).toEqual({
      resource_metadata: METADATA_URL,
    });
  });

  verifies(
    ['rs.mcp-token-not-in-query', 'rs.oauth2.1-5.1-not-in-query'],
    'counts as such when the token is in the query, which is not looked at',
    async () => {
      const { rs, as, told } = createWorld();
      const url = `${RESOURCE}?access_token=${GOOD}`;
      const response = await rs.fetch(new Request(url, mcpRequest(INITIALIZE)));
      expect(response.status).toBe(401);
      expect(challengeOf(response).parameters).not.toHaveProperty('error');
      expect(told('bearer.challenged')).toMatchObject([{ reason: 'token_in_query' }]);
      expect(as.introspections).toEqual([]);
    },
  );

  it('counts as such when the token is in a form body, which the sender is told', async () => {
    const { rs, as, told } = createWorld();
    const response = await rs.fetch(formRequest(`access_token=${GOOD}`));
    expect(response.status).toBe(401);
    expect(challengeOf(response).parameters).not.toHaveProperty('error');
    expect(await response.json()).toMatchObject({
      error_description: expect.stringMatching(/body.*Authorization: Bearer/),
    });
    expect(told('bearer.challenged')).toMatchObject([{ reason: 'token_in_body' }]);
    expect(as.introspections).toEqual([]);
  });

  it.each([
    ['another member', 'token=x', 'token_missing'],
    ['more than any form with a token', `a=${'x'.repeat(20_000)}&access_token=${GOOD}`, 'token_missing'],
  ])('is not told of a token in a form body with %s', async (_what, body, reason) => {
    const { rs, told } = createWorld();
    expect((await rs.fetch(formRequest(body))).status).toBe(401);
    expect(told('bearer.challenged')).toMatchObject([{ reason }]);
  });

  it('is answered although its form body never ends', async () => {
    const { rs, told } = createWorld();
    const sent: ReadableStreamDefaultController<Uint8Array>[] = [];
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void sent.push(controller) });
    const request = new Request(RESOURCE, { method: 'POST', headers: FORM, body, duplex: 'half' });
    expect((await rs.fetch(request)).status).toBe(401);
    expect(told('bearer.challenged')).toMatchObject([{ reason: 'token_missing' }]);
  });

  verifies.each(['Basic dTpw', `DPoP ${GOOD}`])(
    ['rs.oauth2.1-5.3.2-no-error', 'rs.rfc6750-3.1-no-details'],
    'counts as such under another scheme: %s',
    async (authorization) => {
      const { rs, told } = createWorld();
      const response = await rs.fetch(mcpRequest(INITIALIZE, { authorization }));
      expect(response.status).toBe(401);
      expect(challengeOf(response).parameters).not.toHaveProperty('error');
      expect(told('bearer.challenged')).toMatchObject([{ reason: 'other_scheme' }]);
    },
  );
});

describe('a malformed Authorization header', () => {
  verifies.each([
    ['without a token', 'Bearer'],
    ['with two tokens', `Bearer ${GOOD} ${GOOD}`],
    ['sent twice', `Bearer ${GOOD}, Bearer ${GOOD}`],
    ['with a character no token has', 'Bearer a"b'],
    ['of endless length', `Bearer ${'a'.repeat(9000)}`],
  ])(
    ['rs.mcp-errors-statuses', 'rs.oauth2.1-5.3.2-invalid-request', 'rs.rfc6750-3.1-invalid-request'],
    '%s is invalid_request, and the authorization server is not asked',
    async (_what, authorization) => {
      const { rs, as } = createWorld();
      const response = await rs.fetch(mcpRequest(INITIALIZE, { authorization }));
      expect(response.status).toBe(400);
      expect(challengeOf(response).parameters).toMatchObject({
        error: 'invalid_request',
        resource_metadata: METADATA_URL,
      });
      expect(as.introspections).toEqual([]);
    },
  );

  verifies(
    ['rs.rfc6750-2-one-method'],
    'and a token in header and query at once is invalid_request',
    async () => {
      const { rs } = createWorld();
      const request = mcpRequest(INITIALIZE, { authorization: `Bearer ${GOOD}` });
      expect((await rs.fetch(new Request(`${RESOURCE}?access_token=${GOOD}`, request))).status).toBe(400);
    },
  );
});

describe('a token in header and form body at once', () => {
  it('is invalid_request, and the authorization server is not asked', async () => {
    const { rs, as, told } = createWorld();
    const response = await rs.fetch(formRequest(`access_token=${GOOD}`, { authorization: `Bearer ${GOOD}` }));
    expect(response.status).toBe(400);
    expect(challengeOf(response).parameters).toMatchObject({ error: 'invalid_request' });
    expect(told('bearer.challenged')).toMatchObject([{ reason: 'token_sent_twice' }]);
    expect(as.introspections).toEqual([]);
  });
});

describe('a token', () => {
  verifies(
    ['rs.mcp-token-header', 'rs.oauth2.1-5.1.1-header', 'rs.rfc6750-2.1-header'],
    'that is good reaches MCP, whatever the case of the word Bearer',
    async () => {
      const { rs } = createWorld();
      const response = await rs.fetch(mcpRequest(INITIALIZE, { authorization: `bearer ${GOOD}` }));
      expect(response.status).toBe(200);
    },
  );

  verifies.each([
    ['that is not active', { active: false }, 'token_inactive'],
    ['that is not active, though all else is good', activeAnswer({ active: false }), 'token_inactive'],
    ['that has expired by our clock, whatever the server says', activeAnswer({ exp: NOW }), 'token_expired'],
    ['that is not valid yet', activeAnswer({ nbf: NOW + 1 }), 'token_not_yet_valid'],
    ['of another issuer', activeAnswer({ iss: 'http://localhost:9001' }), 'issuer_mismatch'],
    ['that is a refresh token', activeAnswer({ token_type: 'refresh_token' }), 'not_a_bearer_token'],
    ['that is bound to a key', activeAnswer({ token_type: 'DPoP' }), 'not_a_bearer_token'],
  ])(
    [
      'rs.mcp-handling-validate',
      'rs.mcp-handling-401',
      'rs.mcp-errors-statuses',
      'rs.oauth2.1-5-validate',
      'rs.oauth2.1-5.2-expired',
      'rs.oauth2.1-5.3-inform',
      'rs.oauth2.1-5.3.1-error',
      'rs.rfc6750-3-error',
      'rs.oauth2.1-5.3.2-invalid-token',
      'rs.rfc6750-3.1-invalid-token',
      'rs.rfc7662-2.2-active',
    ],
    '%s is invalid_token',
    async (_what, answer, reason) => {
      const { as, post, told } = createWorld();
      as.tokens.set(GOOD, answer);
      const response = await post(INITIALIZE);
      expect(response.status).toBe(401);
      const { parameters } = challengeOf(response);
      expect(parameters).toMatchObject({
        error: 'invalid_token',
        resource_metadata: METADATA_URL,
        scope: 'user',
      });
      expect(await response.json()).toEqual({
        error: 'invalid_token',
        error_description: parameters['error_description'],
      });
      expect(told('bearer.challenged')).toMatchObject([{ error: 'invalid_token', reason }]);
      expect(told('request.served')).toMatchObject([{ reason }]);
    },
  );

  verifies(
    [
      'rs.mcp-handling-validate',
      'rs.mcp-errors-statuses',
      'rs.mcp-step-up-403',
      'rs.mcp-step-up-needed',
      'rs.oauth2.1-5-validate',
      'rs.oauth2.1-5.2-scope',
      'rs.oauth2.1-5.3.2-insufficient-scope',
      'rs.rfc6750-3.1-insufficient-scope',
      'rs.rfc9700-2.3-scope',
      'rs.oauth2.1-7.1.4-actions',
    ],
    'that lacks a scope is refused with 403 and all that is needed',
    async () => {
      const { as, post } = createWorld({ requiredScopes: ['user', 'time:read'] });
      as.tokens.set(GOOD, activeAnswer({ scope: 'user profile' }));
      const response = await post(INITIALIZE);
      expect(response.status).toBe(403);
      expect(challengeOf(response).parameters).toMatchObject({
        error: 'insufficient_scope',
        scope: 'user time:read',
        resource_metadata: METADATA_URL,
      });
      expect(await response.json()).toMatchObject({ error: 'insufficient_scope' });
    },
  );

  verifies(['rs.mcp-theft-storage', 'rs.rfc9700-4.9.3-secrets'], 'never appears in an event', async () => {
    const { post, events } = createWorld();
    await post(INITIALIZE);
    await post(INITIALIZE, 'some-bad-token-0123456789abcdef');
    expect(events.length).toBeGreaterThan(5);
    expect(JSON.stringify(events)).not.toMatch(/good-token|some-bad-token/);
  });
});

describe('the audience of a token', () => {
  it.each([
    [['api://4f3a'], 'api://4f3a', 200],
    [['https://api.example/v1'], 'https://API.example/v1/', 200],
    [['account'], RESOURCE, 200],
    [['account'], 'account/', 401],
    [['account'], undefined, 401],
  ])('that is accepted beside this server, %j, is checked: %s', async (audiences, aud, status) => {
    const { as, post, told } = createWorld({ audiences });
    as.tokens.set(GOOD, activeAnswer({ aud }));
    expect((await post(INITIALIZE)).status).toBe(status);
    expect(told('rs.audience_unchecked')).toEqual([]);
    expect(told('resource.compared')).toMatchObject([{ same: status === 200, strict: true }]);
  });

  verifies.each([
    ['another resource', 'http://localhost:9999/mcp'],
    ['nothing', undefined],
    ['a longer path', `${RESOURCE}/other`],
  ])(
    [
      'rs.mcp-handling-validate',
      'rs.mcp-handling-audience',
      'rs.mcp-handling-own-only',
      'rs.mcp-audience-binding',
      'rs.mcp-privilege-reject',
      'rs.oauth2.1-5.2-resource',
      'rs.rfc9700-2.3-audience',
      'rs.oauth2.1-7.1.4-audience',
      'rs.oauth2.1-7.3.2-audience',
    ],
    'that is %s is refused by a strict server',
    async (_what, aud) => {
      const { as, post, told } = createWorld({ oauthStrict: true });
      as.tokens.set(GOOD, activeAnswer({ aud }));
      const response = await post(INITIALIZE);
      expect(response.status).toBe(401);
      expect(challengeOf(response).parameters).toMatchObject({ error: 'invalid_token' });
      expect(told('resource.compared')).toMatchObject([{ same: false, strict: true, configured: RESOURCE }]);
      expect(told('bearer.challenged')).toMatchObject([{ reason: 'audience_mismatch' }]);
    },
  );

  it('passes a lax server with a warning', async () => {
    const { as, post, told } = createWorld();
    as.tokens.set(GOOD, activeAnswer({ aud: 'http://localhost:9999/mcp' }));
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(told('resource.compared')).toMatchObject([
      {
        same: false,
        strict: false,
        level: 'warning',
        requested: ['http://localhost:9999/mcp'],
        client_id: 'client-a',
      },
    ]);
  });

  verifies.each([[RESOURCE], [`${RESOURCE}/`], ['HTTP://LOCALHOST:8001/mcp'], [['urn:other', RESOURCE]]])(
    ['rs.mcp-canonical-uppercase'],
    'that names this server passes a strict one: %s',
    async (aud) => {
      const { as, post, told } = createWorld({ oauthStrict: true });
      as.tokens.set(GOOD, activeAnswer({ aud }));
      expect((await post(INITIALIZE)).status).toBe(200);
      expect(told('resource.compared')).toMatchObject([{ same: true, level: 'info' }]);
    },
  );
});
