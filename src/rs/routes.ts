import { Hono } from 'hono';
import type { Emit } from '../shared/events/emitter.js';
import type { Readiness } from '../shared/http/health.js';
import { requestServed } from '../shared/events/request-served.js';
import { errorResponse, OAuthError, toOAuthError, type RefusalReason } from '../shared/oauth/errors.js';
import type { BearerGate } from './bearer.js';
import type { ResourceServerConfig } from './config/index.js';
import { checkOrigin, withCors } from './cors.js';
import { addHealthRoutes } from './health-routes.js';
import { createHostCheck } from './host-check.js';
import type { McpEndpoint } from './mcp/endpoint.js';
import { resourceMetadataPaths } from './metadata.js';
import { createOriginPolicy } from './origin.js';

const MCP_METHODS = 'GET, POST, DELETE, OPTIONS';
const METADATA_METHODS = 'GET, HEAD, OPTIONS';
const METADATA_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** What a request carries along: why it was refused, for the access line. */
export interface Variables {
  readonly Variables: { reason?: RefusalReason | undefined };
}

/** What the routes are made of. */
export interface RouteParts {
  /** gives the protected resource metadata as JSON text */
  readonly metadata: () => Promise<string>;
  readonly gate: BearerGate;
  readonly readiness: () => Promise<Readiness>;
  readonly mcp: McpEndpoint;
  readonly emit: Emit;
}

/** Everything that is served, and what stands in front of it. */
export function buildRoutes(
  config: ResourceServerConfig,
  { metadata, gate, readiness, mcp, emit }: RouteParts,
): Hono<Variables> {
  const isAllowedOrigin = createOriginPolicy(config);
  const app = createFront(config, emit);
  addHealthRoutes(app, readiness);

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
  return app;
}

/** What every request passes: the access line, the check of its Host, and the answer to what fails. */
function createFront({ resource, ...config }: ResourceServerConfig, emit: Emit): Hono<Variables> {
  const checkHost = createHostCheck({ resource, ...config }, emit);
  const app = new Hono<Variables>({ strict: true });
  app.use(async (c, next) => {
    await next();
    emit(requestServed(c.req.raw, c.res.status, c.get('reason')), 'debug');
  });
  app.use(async (c, next) => {
    checkHost(c.req.raw);
    await next();
  });
  app.notFound((c) => {
    c.set('reason', 'path_unknown');
    return errorResponse(
      new OAuthError('invalid_request', `there is nothing here; MCP is at ${resource}`, { status: 404 }),
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
