import { describe, expect, it } from 'vitest';
import { createWorld, GOOD, INITIALIZE, LIST_TOOLS, mcpRequest, RESOURCE, type World } from './support.js';
import { MODERN, modernHeaders, modernMessage, sendModern } from './modern-support.js';
import { verifies } from '../verifies.js';

/** The JSON-RPC answer to a message, and what HTTP and the log say of it. */
async function refusalOf(world: World, response: Response) {
  const text = await response.text();
  return {
    status: response.status,
    body: JSON.parse(text) as { id?: unknown; error: { code: number; message: string; data?: unknown } },
    reason: world.told('request.served').at(-1)?.reason,
  };
}

describe('a request of 2026-07-28', () => {
  verifies(
    ['rs.protocol-caching-hints', 'rs.protocol-caching-ttl', 'rs.protocol-caching-private'],
    'is answered whole, with the name of the server and how long a list may be kept',
    async () => {
      const response = await sendModern(createWorld(), 'tools/list');
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        jsonrpc: '2.0',
        id: 7,
        result: {
          resultType: 'complete',
          ttlMs: 60_000,
          cacheScope: 'private',
          tools: [{ name: 'get_time' }],
          _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'mcp-oauth-demo' } },
        },
      });
    },
  );

  verifies(
    ['rs.protocol-stateless-no-memory'],
    'needs no greeting before it, gets no session, and ignores the id of one',
    async () => {
      const world = createWorld();
      const response = await sendModern(world, 'tools/call', {
        params: { name: 'get_time', arguments: {} },
        headers: { 'mcp-name': 'get_time', 'mcp-session-id': 'of-nobody', 'last-event-id': '3' },
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('mcp-session-id')).toBeNull();
      expect(await response.json()).toMatchObject({
        result: { resultType: 'complete', structuredContent: { timezone: 'UTC' } },
      });
      expect(world.told('session.opened')).toEqual([]);
    },
  );

  verifies(['rs.protocol-meta-client-info'], 'may leave out who the client is', async () => {
    const response = await sendModern(createWorld(), 'tools/list', {
      meta: { 'io.modelcontextprotocol/clientInfo': undefined },
    });
    expect(response.status).toBe(200);
  });

  verifies(
    [
      'rs.protocol-discover',
      'rs.protocol-tools-capability',
      'rs.protocol-caching-hints',
      'rs.protocol-caching-ttl',
    ],
    'server/discover tells the revision, and no capability that is not there',
    async () => {
      const { result } = (await (await sendModern(createWorld(), 'server/discover')).json()) as {
        result: Record<string, unknown>;
      };
      expect(result).toMatchObject({
        resultType: 'complete',
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: { listChanged: false } },
        ttlMs: 60_000,
        cacheScope: 'private',
      });
      expect(Object.keys(result['capabilities'] as object)).toEqual(['tools']);
    },
  );

  verifies(
    [
      'rs.http-receiving-buffering',
      'rs.protocol-meta-subscription',
      'rs.protocol-subscriptions-acknowledged',
    ],
    'subscriptions/listen for what never comes is acknowledged as nothing, and ends',
    async () => {
      const response = await sendModern(createWorld(), 'subscriptions/listen', {
        params: { notifications: { toolsListChanged: true } },
      });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      const messages = (await response.text())
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
      const _meta = { 'io.modelcontextprotocol/subscriptionId': 7 };
      expect(messages).toMatchObject([
        { method: 'notifications/subscriptions/acknowledged', params: { _meta, notifications: {} } },
        { id: 7, result: { resultType: 'complete', _meta } },
      ]);
      expect(messages[0]!['params']).toHaveProperty('notifications', {});
    },
  );

  verifies(
    ['rs.http-sending-202', 'rs.protocol-notifications-no-response'],
    'a notification is accepted without a word',
    async () => {
      const { id: _id, ...notification } = modernMessage('notifications/cancelled', { requestId: 1 });
      const response = await createWorld().post(notification, GOOD, modernHeaders('notifications/cancelled'));
      expect(response.status).toBe(202);
      expect(await response.text()).toBe('');
    },
  );
});

describe('what a request of 2026-07-28 says twice must be the same', () => {
  const MISMATCH = { status: 400, code: -32020, reason: 'mcp_header_mismatch' };
  const CALL = { params: { name: 'get_time', arguments: {} } };
  verifies.each([
    ['no MCP-Protocol-Version', 'tools/list', { headers: { 'mcp-protocol-version': null } }],
    ['another MCP-Protocol-Version', 'tools/list', { headers: { 'mcp-protocol-version': '2025-11-25' } }],
    ['no Mcp-Method', 'tools/list', { headers: { 'mcp-method': null } }],
    ['another Mcp-Method', 'tools/list', { headers: { 'mcp-method': 'tools/call' } }],
    ['an Mcp-Method in capitals', 'tools/list', { headers: { 'mcp-method': 'Tools/List' } }],
    ['two of Mcp-Method', 'tools/list', { headers: { 'mcp-method': 'tools/list, tools/list' } }],
    ['no Mcp-Name', 'tools/call', CALL],
    ['another Mcp-Name', 'tools/call', { ...CALL, headers: { 'mcp-name': 'whoami' } }],
    ['an Mcp-Name of broken Base64', 'tools/call', { ...CALL, headers: { 'mcp-name': '=?base64?%?=' } }],
    [
      'an Mcp-Name of characters that need encoding, though it is the same',
      'tools/call',
      { params: { name: 'zeit_für', arguments: {} }, headers: { 'mcp-name': 'zeit_für' } },
    ],
  ] as const)(
    [
      'rs.http-version-header',
      'rs.http-version-missing',
      'rs.http-headers-required',
      'rs.http-validation-mismatch',
      'rs.http-validation-error',
      'rs.protocol-responses-id',
    ],
    '%s: 400 and HeaderMismatch, with the id of the request',
    async (_what, method, options) => {
      const world = createWorld();
      const { status, body, reason } = await refusalOf(world, await sendModern(world, method, options));
      expect({ status, code: body.error.code, reason }).toEqual(MISMATCH);
      expect(body.id).toBe(7);
      expect(world.told('request.refused')).toMatchObject([
        { error: '-32020', reason: 'mcp_header_mismatch' },
      ]);
    },
  );

  verifies(
    ['rs.http-validation-base64'],
    'an Mcp-Name in Base64 is decoded before it is compared',
    async () => {
      const world = createWorld();
      const encoded = `=?base64?${Buffer.from('get_time').toString('base64')}?=`;
      const response = await sendModern(world, 'tools/call', { ...CALL, headers: { 'mcp-name': encoded } });
      expect(response.status).toBe(200);
    },
  );
});

describe('an argument that is repeated in a header', () => {
  const world = () =>
    createWorld({
      tools: [
        {
          name: 'go',
          description: 'Goes there.',
          inputSchema: { type: 'object', properties: { where: { type: 'string', 'x-mcp-header': 'Where' } } },
          handler: () => ({ content: [] }),
        },
      ],
    });

  it.each([
    ['as it is', 'Rome', 'Rome', 200],
    ['in Base64', 'Zürich', `=?base64?${btoa('Z\u00c3\u00bcrich')}?=`, 200],
    ['as another one', 'Rome', 'Paris', 400],
    ['with what a header may not have', 'Zürich', 'Zürich', 400],
    ['not at all', 'Rome', null, 400],
  ])('%s: %s as %s is answered %i', async (_what, where, header, status) => {
    const params = { name: 'go', arguments: { where } };
    const headers = { 'mcp-name': 'go', 'mcp-param-where': header };
    const response = await sendModern(world(), 'tools/call', { params, headers });
    expect(response.status).toBe(status);
    if (status !== 200) expect(await response.json()).toMatchObject({ error: { code: -32020 } });
  });
});

describe('a request of 2026-07-28 is refused', () => {
  const version = 'io.modelcontextprotocol/protocolVersion';
  const capabilities = 'io.modelcontextprotocol/clientCapabilities';
  verifies.each([
    [
      'without its version',
      'tools/list',
      { meta: { [version]: undefined } },
      400,
      -32602,
      'mcp_params_invalid',
    ],
    [
      'without the capabilities of the client',
      'tools/list',
      { meta: { [capabilities]: undefined } },
      400,
      -32602,
      'mcp_params_invalid',
    ],
    ['of a method that nobody knows', 'tools/destroy', {}, 404, -32601, 'mcp_method_unknown'],
    ['of initialize, which this revision has not', 'initialize', {}, 404, -32601, 'mcp_method_unknown'],
    ['of ping, which this revision has not', 'ping', {}, 404, -32601, 'mcp_method_unknown'],
    ['of prompts, which this server has not', 'prompts/list', {}, 404, -32601, 'mcp_method_unknown'],
    [
      'that takes JSON only',
      'tools/list',
      { headers: { accept: 'application/json' } },
      406,
      -32600,
      'not_acceptable',
    ],
    [
      'that takes whatever comes',
      'tools/list',
      { headers: { accept: '*/*' } },
      406,
      -32600,
      'not_acceptable',
    ],
  ] as const)(
    ['rs.http-method-unknown', 'rs.protocol-meta-required', 'rs.protocol-responses-id'],
    '%s, with the id of the request',
    async (_what, method, options, status, code, reason) => {
      const world = createWorld();
      const refused = await refusalOf(world, await sendModern(world, method, options));
      expect(refused).toMatchObject({ status, reason, body: { jsonrpc: '2.0', id: 7, error: { code } } });
      expect(world.told('request.refused')).toMatchObject([{ error: String(code), reason }]);
    },
  );

  verifies.each(['v999.0.0', '2099-01-01', '2025-11-25'])(
    ['rs.http-version-unsupported', 'rs.protocol-version-unsupported'],
    'of the revision %s, with the one that there is',
    async (revision) => {
      const world = createWorld();
      const refused = await refusalOf(
        world,
        await sendModern(world, 'tools/list', {
          meta: { [version]: revision },
          headers: { 'mcp-protocol-version': revision },
        }),
      );
      expect(refused).toMatchObject({
        status: 400,
        reason: 'protocol_version_not_supported',
        body: { id: 7, error: { code: -32022, data: { supported: [MODERN], requested: revision } } },
      });
    },
  );

  verifies.each([
    ['an id of null', { ...modernMessage('tools/list'), id: null }],
    ['an id with a fraction', { ...modernMessage('tools/list'), id: 1.5 }],
    ['another version of JSON-RPC', { ...modernMessage('tools/list'), jsonrpc: '1.0' }],
    ['a batch', [modernMessage('tools/list')]],
    ['an empty batch', []],
  ])(
    ['rs.http-sending-single', 'rs.protocol-messages-json-rpc'],
    'with %s: 400, and never with an id of null',
    async (_what, message) => {
      const world = createWorld();
      const refused = await refusalOf(world, await world.post(message, GOOD, modernHeaders('tools/list')));
      expect(refused).toMatchObject({
        status: 400,
        reason: 'mcp_message_invalid',
        body: { error: { code: -32600 } },
      });
      expect(refused.body.id).not.toBeNull();
    },
  );

  verifies(['rs.mcp-privilege-before'], 'without a token before anything is said of its form', async () => {
    const { rs } = createWorld();
    const response = await rs.fetch(mcpRequest(modernMessage('tools/list'), { accept: '*/*' }));
    expect(response.status).toBe(401);
  });
});

describe('--era', () => {
  it('both: the two eras are served side by side, by one URL', async () => {
    const world = createWorld();
    const [old, modern] = await Promise.all([world.post(INITIALIZE), sendModern(world, 'tools/list')]);
    expect([old.status, modern.status]).toEqual([200, 200]);
    expect(new Set(world.told('mcp.request').map(({ era }) => era))).toEqual(new Set(['2025', MODERN]));
  });

  it.each([
    ['server/discover', {}],
    ['tools/list', {}],
    ['tools/list', { headers: { 'mcp-protocol-version': null } }],
    ['tools/list', { meta: { 'io.modelcontextprotocol/protocolVersion': undefined } }],
  ] as const)(
    '2025: %s of the newer one gets an error that sends its client to initialize',
    async (method, options) => {
      const world = createWorld({ era: '2025' });
      const refused = await refusalOf(world, await sendModern(world, method, options));
      expect(refused).toMatchObject({ status: 400, reason: 'era_switched_off', body: { id: 7 } });
      expect(refused.body.error.message).toMatch(/2025-11-25.*initialize/);
      // Each of these would tell the client that the server is a new one, and it would not fall back.
      expect([-32020, -32021, -32022, -32601]).not.toContain(refused.body.error.code);
      expect((await world.post(INITIALIZE)).status).toBe(200);
    },
  );

  verifies(
    ['rs.protocol-version-legacy-hint'],
    '2026-07-28: initialize gets an error that names the revision there is',
    async () => {
      const world = createWorld({ era: MODERN });
      const refused = await refusalOf(world, await world.post(INITIALIZE));
      expect(refused).toMatchObject({
        status: 400,
        reason: 'era_switched_off',
        body: { id: 1, error: { code: -32022, data: { supported: [MODERN], requested: '2025-11-25' } } },
      });
      expect(refused.body.error.message).toContain(MODERN);
      expect(world.told('session.opened')).toEqual([]);
    },
  );

  it('2026-07-28: an answer repeats no more of a version than a version is long', async () => {
    const world = createWorld({ era: MODERN });
    const protocolVersion = 'v'.repeat(5000);
    const initialize = { ...INITIALIZE, params: { ...INITIALIZE.params, protocolVersion } };
    const refused = await refusalOf(world, await world.post(initialize));
    expect(refused).toMatchObject({ status: 400, reason: 'era_switched_off' });
    expect(JSON.stringify(refused.body).length).toBeLessThan(500);
  });

  it('2026-07-28: a batch is refused for what it is, not for its era', async () => {
    const world = createWorld({ era: MODERN });
    const refused = await refusalOf(world, await world.post([LIST_TOOLS]));
    expect(refused).toMatchObject({ status: 400, reason: 'mcp_message_invalid' });
  });

  verifies.each([
    ['no version', {}, -32020],
    ['an older version', { 'mcp-protocol-version': '2025-06-18' }, -32022],
  ])(
    ['rs.http-version-missing'],
    '2026-07-28: a request that names %s is refused',
    async (_what, headers, code) => {
      const world = createWorld({ era: MODERN });
      const refused = await refusalOf(world, await world.post(LIST_TOOLS, GOOD, headers));
      expect(refused).toMatchObject({
        status: 400,
        reason: 'era_switched_off',
        body: { id: 2, error: { code } },
      });
      expect(refused.body.error.message).toContain(MODERN);
    },
  );

  verifies.each(['GET', 'DELETE'])(
    ['rs.http-earlier-405'],
    '2026-07-28: there is no stream and no session, so no %s',
    async (method) => {
      const { rs } = createWorld({ era: MODERN });
      const response = await rs.fetch(
        new Request(RESOURCE, { method, headers: { authorization: `Bearer ${GOOD}` } }),
      );
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    },
  );
});
