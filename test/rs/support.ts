import {
  createResourceServer,
  type ResourceServerDeps,
  type ResourceServerOptions,
} from '../../src/rs/index.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import { type Fetch, networkOf } from '../../src/shared/http/fetch.js';
import { type Challenge, parseChallenges } from '../../src/shared/oauth/www-authenticate.js';

export const RESOURCE = 'http://localhost:8001/mcp';
export const METADATA = 'http://localhost:8001/.well-known/oauth-protected-resource/mcp';
export const ISSUER = 'http://localhost:9000';
export const NOW = 1_790_000_000;
/** The authorization server that most tests talk to knows this token as good. */
export const GOOD = 'good-token-0123456789abcdef0123456789abcdef';

/** A good answer, with what a test wants to be different in it. */
export function activeAnswer(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    active: true,
    client_id: 'client-a',
    sub: 'demo_user',
    scope: 'user',
    aud: RESOURCE,
    iss: ISSUER,
    exp: NOW + 3600,
    token_type: 'Bearer',
    ...changes,
  };
}

/** An authorization server as far as a resource server sees it; each member can be changed while it runs. */
export function createFakeAuthorizationServer(issuer = ISSUER) {
  const server = {
    issuer,
    up: true,
    metadata: (): Response =>
      Response.json({
        issuer: server.issuer,
        introspection_endpoint: `${new URL(issuer).origin}/introspect`,
      }),
    /** what it says of each token */
    tokens: new Map<string, Record<string, unknown>>([[GOOD, activeAnswer()]]),
    introspect: async (token: string): Promise<Response> =>
      Response.json(server.tokens.get(token) ?? { active: false }),
    metadataReads: 0,
    introspections: [] as { token: string; authorization: string | null; form: string }[],
    async fetch(request: Request): Promise<Response> {
      if (!server.up) throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
      const { pathname } = new URL(request.url);
      if (pathname === '/.well-known/oauth-authorization-server') {
        server.metadataReads += 1;
        return server.metadata();
      }
      if (pathname !== '/introspect') return new Response(null, { status: 404 });
      const form = await request.text();
      const token = new URLSearchParams(form).get('token') ?? '';
      server.introspections.push({ token, authorization: request.headers.get('authorization'), form });
      return server.introspect(token);
    },
  };
  return server;
}

/** A resource server, an authorization server beside it, and all that the resource server told. */
export function createWorld(
  options: Partial<ResourceServerOptions> = {},
  deps: Partial<ResourceServerDeps> = {},
) {
  const as = createFakeAuthorizationServer();
  const events: EmittedEvent[] = [];
  const time = { now: NOW, milliseconds: 0 };
  const everySecond = new Set<() => void>();
  const rs = createResourceServer(
    { resource: RESOURCE, authServers: [{ issuer: ISSUER }], demoMode: true, ...options },
    {
      clock: { now: () => time.now },
      ticker: (run) => {
        everySecond.add(run);
        return () => everySecond.delete(run);
      },
      milliseconds: () => time.milliseconds,
      fetch: networkOf({ [ISSUER]: as }),
      onEvent: (event) => events.push(event),
      ...deps,
    },
  );
  const network: Fetch = networkOf({ 'http://localhost:8001': rs });
  return {
    as,
    rs,
    time,
    /** Lets seconds go by, without any request. */
    wait(seconds: number): void {
      time.now += seconds;
      for (const run of everySecond) run();
    },
    network,
    events,
    /** the events of one kind, in order */
    told: <K extends EmittedEvent['kind']>(kind: K) =>
      events.filter((event): event is Extract<EmittedEvent, { kind: K }> => event.kind === kind),
    /** POSTs a message with a token */
    post: (message: unknown, token: string | undefined = GOOD, headers: Record<string, string> = {}) =>
      rs.fetch(mcpRequest(message, { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers })),
  };
}
export type World = ReturnType<typeof createWorld>;

/** A POST to the MCP endpoint; a string is sent as it is. */
export function mcpRequest(message: unknown, headers: Record<string, string> = {}): Request {
  return new Request(RESOURCE, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
}

export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test-client', version: '1.2.3' },
  },
};

export const LIST_TOOLS = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

/** A JWT with these claims, as far as anybody can tell who has no key: its signature is made up. */
export function unsignedJwt(claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256', typ: 'at+jwt' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** The Bearer challenge of an answer; fails if there is none, or one that can't be read. */
export function challengeOf(response: Response): Challenge {
  const [challenge, ...more] = parseChallenges(response.headers.get('www-authenticate') ?? '') ?? [];
  if (challenge?.scheme !== 'bearer' || more.length > 0) throw new Error('not one Bearer challenge');
  return challenge;
}
