import { describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import {
  ACCESS_TOKEN,
  AS_METADATA,
  CHALLENGE,
  CODE,
  createForeignPair,
  inspect,
  ISSUER,
  json,
  legacyMcp,
  modernMcp,
  protectedMcp,
  READ_ONLY_TOOL,
  redirectBack,
  RESOURCE_METADATA,
  s256,
  TARGET,
  TOKEN_RESPONSE,
} from './support.js';

const RS_METADATA = 'GET mcp.example/.well-known/oauth-protected-resource/mcp';
const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';
const MCP = 'POST mcp.example/mcp';

describe('a flow at a server that keeps to the rules', () => {
  it('goes through every step, breaks no check, and fits its published schema', async () => {
    const pair = createForeignPair();
    const { document } = await inspect(pair.fetch);
    expect(document).toMatchObject({
      version: 1,
      outcome: 'completed',
      reason: null,
      revision: '2026-07-28',
    });
    expect(document.steps.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'challenge done',
      'resource-metadata done',
      'authorization-server-metadata done',
      'registration done',
      'authorization done',
      'callback done',
      'token done',
      'mcp-call done',
    ]);
    // It registers its clients; metadata documents would be better, and that is all there is to say.
    const broken = document.checks.filter(({ status }) => status === 'fail' || status === 'warn');
    expect(broken.map(({ id }) => id)).toEqual(['as.cimd-advertised']);
    expect(flowDocument.parse(document)).toEqual(document);
    expect(document.exchanges.every(({ observed_by: by }) => by === 'client')).toBe(true);
  });

  it('registers as a native public client, and says that it did', async () => {
    const pair = createForeignPair();
    const { document } = await inspect(pair.fetch);
    expect(pair.registration()).toMatchObject({
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    });
    expect(document.registration).toMatchObject({
      route: 'dcr',
      client_id: 'registered-1',
      register_called: true,
    });
  });

  it('proves possession of the verifier and names the resource in both requests', async () => {
    const pair = createForeignPair();
    await inspect(pair.fetch);
    expect(pair.authorization().get('code_challenge_method')).toBe('S256');
    expect(pair.authorization().get('code_challenge')).toBe(s256(pair.token().get('code_verifier')!));
    expect(pair.authorization().get('resource')).toBe(TARGET);
    expect(pair.token().get('resource')).toBe(TARGET);
    expect(pair.token().get('redirect_uri')).toBe(pair.authorization().get('redirect_uri'));
    expect(pair.token().get('code')).toBe(CODE);
  });

  it('calls a tool that only reads, and never another unasked', async () => {
    const { document } = await inspect(createForeignPair().fetch);
    expect(document.steps.at(-1)!.reason).toBe('list_notes was called');
    const dangerous = async (request: Request) =>
      (await request.clone().text()).includes('"tools/list"')
        ? Response.json({
            jsonrpc: '2.0',
            id: ((await request.json()) as { id: number }).id,
            result: {
              tools: [{ name: 'delete_all' }, { ...READ_ONLY_TOOL, inputSchema: { required: ['id'] } }],
            },
          })
        : modernMcp(request);
    const pair = createForeignPair({ [MCP]: protectedMcp(dangerous) });
    const none = await inspect(pair.fetch);
    expect(none.document.outcome).toBe('completed');
    expect(none.document.steps.at(-1)!.reason).toMatch(/2 tools listed, none called/);
    const asked = await inspect(pair.fetch, { call: 'delete_all' });
    expect(asked.document.steps.at(-1)!.reason).toBe('delete_all was called');
  });

  it('with a client_id from its user, skips /register and says what cannot be told', async () => {
    const pair = createForeignPair();
    const { document } = await inspect(pair.fetch, { clientId: 'mine' });
    expect(document.registration).toMatchObject({ route: 'preset', register_called: false, evidence: null });
    expect(document.registration.because.join(' ')).toContain('cannot be told from here');
    expect(pair.requests.some((request) => request.includes('/register'))).toBe(false);
    expect(pair.token().get('client_id')).toBe('mine');
  });

  it.each([
    [true, 'cimd'],
    [undefined, 'preset'],
  ])(
    'with a URL as client_id, where client_id_metadata_document_supported is %s, calls the route %s',
    async (client_id_metadata_document_supported, route) => {
      const pair = createForeignPair({
        [AS_ROUTE]: json({ ...AS_METADATA, client_id_metadata_document_supported }),
      });
      const { document } = await inspect(pair.fetch, { clientId: 'https://app.example.com/client.json' });
      expect(document.registration).toMatchObject({ route, register_called: false, evidence: null });
    },
  );

  it('says to publish a document where that is the only way', async () => {
    const only = { client_id_metadata_document_supported: true, registration_endpoint: undefined };
    const { document } = await inspect(
      createForeignPair({ [AS_ROUTE]: json({ ...AS_METADATA, ...only }) }).fetch,
    );
    expect(document.steps.find(({ id }) => id === 'registration')?.reason).toContain(
      'publish a metadata document and pass its URL with --client-metadata-url',
    );
  });

  it('authenticates the way that the authorization server takes', async () => {
    const authorizations: (string | null)[] = [];
    const routes = (methods: string[] | undefined) => ({
      [AS_ROUTE]: json({ ...AS_METADATA, token_endpoint_auth_methods_supported: methods }),
      'POST as.example/token': (request: Request) => {
        authorizations.push(request.headers.get('authorization'));
        return Response.json(TOKEN_RESPONSE);
      },
    });
    const client = { clientId: 'a:b', clientSecret: 'p%&' };
    const post = createForeignPair(routes(['client_secret_post']));
    await inspect(post.fetch, client);
    expect(post.token().get('client_secret')).toBe('p%&');
    const basic = createForeignPair(routes(undefined));
    const { document } = await inspect(basic.fetch, client);
    expect(basic.token().get('client_secret')).toBeNull();
    expect(authorizations).toEqual([null, `Basic ${Buffer.from('a%3Ab:p%25%26').toString('base64')}`]);
    expect(JSON.stringify(document)).not.toContain('p%&');
  });
});

describe('scope', () => {
  it.each([
    ['that of the challenge', CHALLENGE, 'notes.read'],
    ['else all of the metadata', CHALLENGE.replace(/, scope.*/, ''), 'notes.read notes.list'],
  ])('is %s', async (_rule, challenge, scope) => {
    const pair = createForeignPair({ [MCP]: protectedMcp(modernMcp, challenge) });
    await inspect(pair.fetch);
    expect(pair.authorization().get('scope')).toBe(scope);
  });

  it('is left out where nobody names one', async () => {
    const pair = createForeignPair({
      [MCP]: protectedMcp(modernMcp, 'Bearer'),
      [RS_METADATA]: json({ ...RESOURCE_METADATA, scopes_supported: undefined }),
    });
    await inspect(pair.fetch);
    expect(pair.authorization().has('scope')).toBe(false);
  });
});

describe('discovery', () => {
  it('without a resource_metadata looks at the path, then at the root', async () => {
    const pair = createForeignPair({
      [MCP]: protectedMcp(modernMcp, 'Bearer'),
      [RS_METADATA]: undefined,
      'GET mcp.example/.well-known/oauth-protected-resource': json({
        ...RESOURCE_METADATA,
        resource: 'https://mcp.example',
      }),
    });
    const { document, check } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(pair.requests.filter((request) => request.includes('oauth-protected-resource'))).toEqual([
      'GET https://mcp.example/.well-known/oauth-protected-resource/mcp',
      'GET https://mcp.example/.well-known/oauth-protected-resource',
    ]);
    expect(pair.authorization().get('resource')).toBe('https://mcp.example');
    expect(check('rs.resource-specific')).toBe('warn');
    expect(check('rs.challenge-resource-metadata')).toBe('warn');
  });

  it('with a resource_metadata looks nowhere else', async () => {
    const challenge = 'Bearer resource_metadata="https://mcp.example/elsewhere"';
    const pair = createForeignPair({ [MCP]: protectedMcp(modernMcp, challenge) });
    const { failed } = await inspect(pair.fetch);
    expect(failed?.id).toBe('resource-metadata');
    expect(pair.requests.filter((request) => request.startsWith('GET'))).toEqual([
      'GET https://mcp.example/elsewhere',
    ]);
  });

  it('tries the forms of an issuer with a path in the order of the specification, never its root', async () => {
    const issuer = `${ISSUER}/tenant`;
    const pair = createForeignPair({
      [RS_METADATA]: json({ ...RESOURCE_METADATA, authorization_servers: [issuer] }),
      'GET as.example/tenant/.well-known/openid-configuration': json({ ...AS_METADATA, issuer }),
      'GET as.example/authorize': redirectBack({ iss: issuer }),
    });
    const { document } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(pair.requests.filter((request) => /as\.example.*well-known/.test(request))).toEqual([
      `GET ${ISSUER}/.well-known/oauth-authorization-server/tenant`,
      `GET ${ISSUER}/.well-known/openid-configuration/tenant`,
      `GET ${ISSUER}/tenant/.well-known/openid-configuration`,
    ]);
  });

  it('uses OpenID Connect metadata where there is no other', async () => {
    const pair = createForeignPair({
      [AS_ROUTE]: undefined,
      'GET as.example/.well-known/openid-configuration': json(AS_METADATA),
    });
    expect((await inspect(pair.fetch)).document.outcome).toBe('completed');
  });

  it.each([
    ['of another origin', 'https://other.example/mcp'],
    ['of the root of another origin', 'https://other.example'],
    ['of another path', 'https://mcp.example/mc'],
    ['below the server', 'https://mcp.example/mcp/more'],
  ])('refuses a resource %s', async (_what, resource) => {
    const pair = createForeignPair({ [RS_METADATA]: json({ ...RESOURCE_METADATA, resource }) });
    const { failed, check } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'resource-metadata' });
    expect(check('rs.resource-match')).toBe('fail');
    expect(pair.requests.some((request) => request.includes('as.example'))).toBe(false);
  });

  it('refuses metadata of another issuer, and names the slash that everybody overlooks', async () => {
    const pair = createForeignPair({ [AS_ROUTE]: json({ ...AS_METADATA, issuer: `${ISSUER}/` }) });
    const { failed, check } = await inspect(pair.fetch);
    expect(failed?.id).toBe('authorization-server-metadata');
    expect(failed?.reason).toContain('a slash at the end');
    expect(check('as.issuer-match')).toBe('fail');
  });

  it.each([[undefined], [['plain']]])(
    'refuses an authorization server with the PKCE methods %s',
    async (methods) => {
      const pair = createForeignPair({
        [AS_ROUTE]: json({ ...AS_METADATA, code_challenge_methods_supported: methods }),
      });
      const { failed, check } = await inspect(pair.fetch);
      expect(failed?.id).toBe('authorization-server-metadata');
      expect(check('as.pkce-s256')).toBe('fail');
    },
  );

  it('says what to do where there is no registration', async () => {
    const pair = createForeignPair({
      [AS_ROUTE]: json({ ...AS_METADATA, registration_endpoint: undefined }),
    });
    const { failed, document } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'registration', reason: expect.stringContaining('--client-id') });
    expect(document.registration).toMatchObject({ route: null, client_id: null, register_called: false });
  });
});

describe('the callback', () => {
  it.each([
    ['another state', { state: 'forged' }, {}, /state is not the one/],
    ['an iss that was announced and is missing', { iss: undefined }, {}, /no iss/],
    ['another iss', { iss: `${ISSUER}/` }, {}, /not from https:\/\/as\.example/],
    [
      'another iss that was not announced',
      { iss: 'https://evil.example' },
      { authorization_response_iss_parameter_supported: false },
      /evil\.example/,
    ],
    ['neither code nor error', { code: undefined }, {}, /neither a code nor an error/],
  ])('with %s goes no further', async (_what, changes, metadata, reason) => {
    const pair = createForeignPair({
      [AS_ROUTE]: json({ ...AS_METADATA, ...metadata }),
      'GET as.example/authorize': redirectBack(changes),
    });
    const { failed } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'callback', reason: expect.stringMatching(reason) });
    expect(pair.requests.some((request) => request.includes('/token'))).toBe(false);
  });

  it('without iss goes on where none was announced', async () => {
    const pair = createForeignPair({
      [AS_ROUTE]: json({ ...AS_METADATA, authorization_response_iss_parameter_supported: undefined }),
      'GET as.example/authorize': redirectBack({ iss: undefined }),
    });
    expect((await inspect(pair.fetch)).document.outcome).toBe('completed');
  });

  it('does not show the error of a response that is from somebody else', async () => {
    const pair = createForeignPair({
      'GET as.example/authorize': redirectBack({
        code: undefined,
        error: 'call +1-555-0100',
        iss: 'https://evil.example',
      }),
    });
    expect((await inspect(pair.fetch)).failed?.reason).not.toContain('555');
  });

  it('with an error is shown with its description', async () => {
    const pair = createForeignPair({
      'GET as.example/authorize': redirectBack({
        code: undefined,
        error: 'access_denied',
        error_description: 'the user said no',
      }),
    });
    expect((await inspect(pair.fetch)).failed?.reason).toContain('access_denied (the user said no)');
  });
});

describe('an id that the authorization server does not want', () => {
  it.each([
    [
      'at the token endpoint',
      { 'POST as.example/token': json({ error: 'invalid_client' }, { status: 401 }) },
    ],
    [
      'with an error in JSON',
      { 'GET as.example/authorize': json({ error: 'invalid_client' }, { status: 400 }) },
    ],
    [
      'with a page',
      { 'GET as.example/authorize': () => new Response('<h1>Unknown client</h1>', { status: 400 }) },
    ],
  ])('is unknown when it is refused %s', async (_where, routes) => {
    const { document } = await inspect(createForeignPair(routes).fetch, { clientId: 'stale' });
    expect(document).toMatchObject({
      outcome: 'failed',
      registration: { route: 'unknown', client_id: 'stale' },
    });
  });
});

describe('an authorization request that is refused for something else', () => {
  it.each([
    ['The redirect URI is not registered for this client.'],
    ["This client's redirect_uri is invalid."],
    ['{"error":"invalid_request","error_description":"scope is unknown here"}'],
  ])('says nothing of the client_id: %s', async (page) => {
    const routes = { 'GET as.example/authorize': () => new Response(page, { status: 400 }) };
    const { document } = await inspect(createForeignPair(routes).fetch, { clientId: 'known' });
    expect(document.outcome).toBe('failed');
    expect(document.registration.route).toBe('preset');
    expect(document.registration.because.join()).toContain('cannot be told');
  });
});

describe('the token response', () => {
  it('that breaks a MUST fails the check, not the flow', async () => {
    const pair = createForeignPair({
      'POST as.example/token': json({ ...TOKEN_RESPONSE, expires_in: undefined }),
    });
    const { document, check, text } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    const failed = document.checks.filter(({ level, status }) => level === 'MUST' && status === 'fail');
    expect(failed.map(({ id }) => id)).toEqual(['as.token-no-store']);
    expect(check('as.token-expires-in')).toBe('warn');
    expect(text).toMatch(/✗ MUST as\.token-no-store/);
  });

  it.each([
    ['another type', { token_type: 'DPoP' }],
    ['a token that no header can carry', { access_token: 'a\r\nb: c' }],
    ['no token', { access_token: undefined }],
  ])('with %s ends the flow', async (_what, changes) => {
    const pair = createForeignPair({ 'POST as.example/token': json({ ...TOKEN_RESPONSE, ...changes }) });
    expect((await inspect(pair.fetch)).failed?.id).toBe('token');
  });
});

describe('the era of the server', () => {
  it('is 2025 if it wants initialize; its session is used and ended', async () => {
    const pair = createForeignPair({
      [MCP]: protectedMcp(legacyMcp()),
      'DELETE mcp.example/mcp': () => new Response(null, { status: 200 }),
    });
    const { document } = await inspect(pair.fetch);
    expect(document).toMatchObject({ outcome: 'completed', revision: '2025-06-18' });
    expect(pair.requests.at(-1)).toBe(`DELETE ${TARGET}`);
    expect(document.exchanges.at(-1)!.request.headers).toMatchObject({
      'mcp-protocol-version': '2025-06-18',
    });
  });

  it('is told by the versions that it lists', async () => {
    const both = async (request: Request) => {
      const { id, method } = (await request.clone().json()) as { id: number; method: string };
      if (method !== 'server/discover') return legacyMcp()(request);
      const data = { supported: ['2025-11-25'], requested: '2026-07-28' };
      const error = { code: -32022, message: 'Unsupported protocol version', data };
      return Response.json({ jsonrpc: '2.0', id, error }, { status: 400 });
    };
    const { document } = await inspect(createForeignPair({ [MCP]: protectedMcp(both) }).fetch);
    expect(document).toMatchObject({ outcome: 'completed', revision: '2025-06-18' });
  });

  it('does not matter where no token is asked for: the tool is called without one', async () => {
    for (const [mcp, revision] of [
      [modernMcp, '2026-07-28'],
      [legacyMcp(), '2025-06-18'],
    ] as const) {
      const pair = createForeignPair({ [MCP]: mcp });
      const { document } = await inspect(pair.fetch);
      expect(document).toMatchObject({ outcome: 'not-protected', revision, registration: { route: null } });
      expect(document.registration.because).toContainEqual(
        expect.stringMatching(/^no client_id was needed: .*MCP/),
      );
      expect(
        document.decisions.find(({ what }) => what === 'Goes on without authorization')?.spec?.url,
      ).toMatch(/authorization#protocol-requirements$/);
      expect(document.steps.filter(({ outcome }) => outcome === 'skipped')).toHaveLength(6);
      expect(pair.requests.some((request) => request.includes('as.example'))).toBe(false);
    }
  });
});

describe('secrets', () => {
  it('are in neither the document nor the text', async () => {
    const careless = () =>
      new Response(`<h1>Error</h1> your token ${ACCESS_TOKEN} was not liked`, {
        status: 500,
        headers: { 'content-type': 'text/html', 'set-cookie': 'sid=cookie-value-0123456789' },
      });
    const pair = createForeignPair({ [MCP]: protectedMcp(careless) });
    const { document, text } = await inspect(pair.fetch);
    const verifier = pair.token().get('code_verifier')!;
    for (const output of [JSON.stringify(document), text]) {
      for (const secret of [ACCESS_TOKEN, CODE, TOKEN_RESPONSE.refresh_token, verifier, 'cookie-value']) {
        expect(output).not.toContain(secret);
      }
      expect(output).toContain('was not liked');
      expect(output).toMatch(/sha256:[0-9a-f]{8}…/);
    }
  });
});
