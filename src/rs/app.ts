import { type Context, Hono } from 'hono';
import { type Clock, systemClock } from '../shared/clock.js';
import { createEmitter, type Emit } from '../shared/events/emitter.js';
import type { EventSink } from '../shared/events/events.js';
import { requestServed } from '../shared/events/request-served.js';
import { isLoopbackHost } from '../shared/http/loopback.js';
import { type Fetch, globalFetch, type WebApp } from '../shared/http/fetch.js';
import { errorResponse, OAuthError, toOAuthError, type RefusalReason } from '../shared/oauth/errors.js';
import { type Random, systemRandom } from '../shared/random.js';
import { type AuthorizationServer, createAuthorizationServer } from './authorization-server.js';
import { type BearerGate, createBearerGate } from './bearer.js';
import { parseConfig, type ResourceServerConfig, type ResourceServerOptions } from './config.js';
import { createFormPost, type PostForm } from './form-post.js';
import { createHostCheck } from './host-check.js';
import { createMcpEndpoint, type McpEndpoint } from './mcp/endpoint.js';
import { buildResourceMetadata, resourceMetadataPaths } from './metadata.js';
import { allowOrigin, createOriginPolicy, type OriginPolicy, preflightResponse } from './origin.js';
import { createGetTime } from './tools/get-time.js';
import { withinTime } from './unavailable.js';
import { createIntrospectionVerifier } from './verifiers/introspection.js';

const MCP_METHODS = 'GET, POST, DELETE, OPTIONS';
const METADATA_METHODS = 'GET, HEAD, OPTIONS';

/** For how long a metadata request waits for the authorization server's own spelling of its issuer. */
const ISSUER_PATIENCE_MILLISECONDS = 1000;

/**
 * For how long the issuer in the metadata is not looked up again, in demo mode: less than the authorization server needs
 * to be restarted, so that no client is sent to an issuer that is gone.
 */
const ISSUER_FRESH_MILLISECONDS = 250;

/** How the resource server reaches the world; each has a default. */
export interface ResourceServerDeps {
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** reads the authorization server's metadata */
  readonly fetch?: Fetch | undefined;
  /** asks the introspection endpoint; by default `fetch` does */
  readonly postForm?: PostForm | undefined;
  /** monotonic; for durations in the log and pauses between attempts */
  readonly milliseconds?: (() => number) | undefined;
  /** where events go; by default nowhere */
  readonly onEvent?: EventSink | undefined;
}

/** A resource server as a web-standard app. */
export interface ResourceServer extends WebApp {
  /**
   * For the start: warns if the audience of tokens is not checked, and looks for the authorization server now rather
   * than at the first request.
   *
   * @returns whether it was found; false is no failure, since it is looked for again
   */
  ready(): Promise<boolean>;
}

type Variables = { Variables: { reason?: RefusalReason | undefined } };
type AppContext = Context<Variables>;

/**
 * Creates the MCP server that accepts access tokens of an authorization server.
 *
 * @throws ConfigurationError for options that can't be served
 */
export function createResourceServer(
  options: ResourceServerOptions,
  deps: ResourceServerDeps = {},
): ResourceServer {
  const config = parseConfig(options);
  const { clock = systemClock, random = systemRandom, fetch = globalFetch, onEvent = () => {} } = deps;
  const milliseconds = deps.milliseconds ?? (() => clock.now() * 1000);
  const emit = createEmitter('rs', clock, onEvent);
  const timeoutMs = config.introspectionTimeoutMs;
  const authorizationServer = createAuthorizationServer({
    configured: config.authServer,
    mayFollow: mayFollow(config),
    timeoutMs,
    fetch,
    milliseconds,
    emit,
  });
  const verifier = createIntrospectionVerifier({
    authorizationServer,
    credentials: config.introspectionCredentials,
    timeoutMs,
    postForm: deps.postForm ?? createFormPost(fetch),
    clock,
    milliseconds,
    emit,
  });
  const mcp = createMcpEndpoint({
    tools: [createGetTime(clock)],
    info: { name: 'mcp-oauth-demo', title: 'MCP OAuth demo', version: config.version },
    maxSessions: config.maxSessions,
    sessionIdleSeconds: config.sessionIdleSeconds,
    clock,
    random,
    emit,
  });
  const gate = createBearerGate(config, { verifier, emit });
  const app = buildApp(config, { authorizationServer, gate, mcp, milliseconds, emit });
  return {
    fetch: async (request) => app.fetch(request),
    async close() {
      authorizationServer.close();
      await mcp.close();
    },
    ready() {
      if (!config.oauthStrict) {
        emit({ kind: 'rs.audience_unchecked', resource: config.resource }, 'warning');
      }
      return isThere(() => authorizationServer.find());
    },
  };
}

/** Whether another issuer at the same place is taken for the configured one: in demo mode, on this machine. */
function mayFollow({ demoMode, authServer }: ResourceServerConfig): boolean {
  return demoMode && isLoopbackHost(new URL(authServer).hostname);
}

interface Parts {
  readonly authorizationServer: AuthorizationServer;
  readonly gate: BearerGate;
  readonly mcp: McpEndpoint;
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

/** The route table. */
function buildApp(
  config: ResourceServerConfig,
  { authorizationServer, gate, mcp, milliseconds, emit }: Parts,
): Hono<Variables> {
  const isAllowedOrigin = createOriginPolicy(config);
  const checkHost = createHostCheck(config, emit);
  const metadata = createMetadataDocument(config, authorizationServer, milliseconds);
  const app = new Hono<Variables>({ strict: true });

  app.use(async (c, next) => {
    await next();
    emit(requestServed(c.req.raw, c.res.status, c.get('reason')), 'debug');
  });
  app.use(async (c, next) => {
    checkHost(c.req.raw);
    await next();
  });

  for (const path of resourceMetadataPaths(config.resource)) {
    app.all(path, async (c) =>
      withCors(c, isAllowedOrigin, METADATA_METHODS, async () => {
        emit({ kind: 'rs.metadata_read', resource: config.resource });
        return new Response(await metadata(), { headers: METADATA_HEADERS });
      }),
    );
  }

  app.all(new URL(config.resource).pathname, async (c) => {
    checkOrigin(c.req.header('origin'), isAllowedOrigin);
    return withCors(c, isAllowedOrigin, MCP_METHODS, async () => {
      const decision = await gate(c.req.raw);
      const { response, reason } = decision.allowed ? await mcp.handle(c.req.raw, decision.token) : decision;
      c.set('reason', reason);
      return response;
    });
  });

  app.notFound((c) => {
    c.set('reason', 'path_unknown');
    return errorResponse(
      new OAuthError('invalid_request', `there is nothing here; MCP is at ${config.resource}`, {
        status: 404,
      }),
    );
  });
  app.onError((thrown, c) => {
    const error = toOAuthError(thrown);
    c.set('reason', error.reason);
    if (error.status === 500) {
      emit({ kind: 'server.fault', path: c.req.path, message: error.detail ?? error.message }, 'error');
    }
    return errorResponse(error);
  });
  return app;
}

const METADATA_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** Answers preflights and wrong methods, and lets pages of allowed origins read what the rest answers. */
async function withCors(
  c: AppContext,
  isAllowed: OriginPolicy,
  methods: string,
  answer: () => Promise<Response>,
): Promise<Response> {
  const { raw } = c.req;
  const response =
    raw.method === 'OPTIONS'
      ? preflightResponse(methods, raw.headers.get('access-control-request-headers'))
      : methods.split(', ').includes(raw.method)
        ? await answer()
        : methodNotAllowed(c, methods);
  const origin = raw.headers.get('origin');
  if (origin !== null && isAllowed(origin)) allowOrigin(response, origin);
  return response;
}

function methodNotAllowed(c: AppContext, allow: string): Response {
  c.set('reason', 'method_not_allowed');
  return errorResponse(
    new OAuthError('invalid_request', `the methods here are ${allow}`, { status: 405, headers: { allow } }),
  );
}

/** @throws OAuthError with status 403 for a page of another site */
function checkOrigin(origin: string | undefined, isAllowed: OriginPolicy): void {
  if (origin === undefined || isAllowed(origin)) return;
  throw new OAuthError('invalid_request', 'pages of this origin may not call this server', {
    status: 403,
    reason: 'origin_not_allowed',
    detail: `Origin is ${origin}; --allow-origin allows it`,
  });
}

/**
 * The metadata document, written once for each spelling of the issuer. Clients file their registration under that
 * spelling (VS Code does), so it is worth a short wait to name the right one from the first request on. An issuer that may
 * change while this server runs is looked up again.
 */
function createMetadataDocument(
  config: ResourceServerConfig,
  authorizationServer: AuthorizationServer,
  milliseconds: () => number,
): () => Promise<string> {
  let written: { readonly issuer: string; readonly text: string } | undefined;
  let found = false;
  let fresh = 0;
  return async () => {
    if (!found || (mayFollow(config) && milliseconds() >= fresh)) {
      const look = found ? authorizationServer.findAnew : authorizationServer.find;
      found = (await isThere(() => withinTime(ISSUER_PATIENCE_MILLISECONDS, look))) || found;
      fresh = milliseconds() + ISSUER_FRESH_MILLISECONDS;
    }
    const issuer = authorizationServer.issuer();
    if (written?.issuer !== issuer) {
      written = { issuer, text: JSON.stringify(buildResourceMetadata(config, issuer)) };
    }
    return written.text;
  };
}

/** Whether a look finds the authorization server; its absence is reported as an event where it is noticed. */
async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  return look().then(
    () => true,
    () => false,
  );
}
