import type { Hono } from 'hono';
import type { Emit } from '../shared/events/emitter.js';
import type { Readiness } from '../shared/http/health.js';
import type { BearerGate } from './bearer.js';
import type { Calls } from './calls.js';
import type { ResourceServerConfig } from './config/index.js';
import { createFront, type Variables } from './front.js';
import { addHealthRoutes } from './health-routes.js';
import type { McpEndpoint } from './mcp/endpoint.js';
import { mcpPlaces } from './mcp-places.js';
import { resourceMetadataPaths } from './metadata.js';
import { answerMethod } from './methods.js';
import { checkOrigin, createOriginPolicy } from './origin.js';

const METADATA_METHODS = 'GET, HEAD, OPTIONS';
const METADATA_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** What the routes are made of. */
export interface RouteParts {
  /** gives the protected resource metadata as JSON text */
  readonly metadata: () => Promise<string>;
  readonly gate: BearerGate;
  readonly readiness: () => Promise<Readiness>;
  readonly calls: Calls;
  readonly mcp: McpEndpoint;
  readonly emit: Emit;
  /** monotonic */
  readonly milliseconds: () => number;
}

/** Everything that is served, and what stands in front of it. */
export function buildRoutes(
  config: ResourceServerConfig,
  { metadata, gate, readiness, calls, mcp, emit, milliseconds }: RouteParts,
): Hono<Variables> {
  const isAllowedOrigin = createOriginPolicy(config);
  const app = createFront(config, isAllowedOrigin, emit, milliseconds);
  addHealthRoutes(app, readiness);

  for (const path of resourceMetadataPaths(config.resource)) {
    app.all(path, async (c) =>
      answerMethod(c, METADATA_METHODS, async () => {
        emit({ kind: 'rs.metadata_read', resource: config.resource });
        return new Response(await metadata(), { headers: METADATA_HEADERS });
      }),
    );
  }

  for (const { path, methods } of mcpPlaces(config)) {
    app.all(path, async (c) => {
      checkOrigin(c.req.header('origin'), isAllowedOrigin);
      const answer = async (): Promise<Response> => {
        const decision = await gate(c.req.raw, c.env.peer);
        if (!decision.allowed) {
          if (decision.invalid !== undefined) mcp.tokenRefused(decision.invalid);
          c.set('reason', decision.reason);
          return decision.response;
        }
        const { response, reason, refusal } = await mcp.handle(c.req.raw, decision);
        c.set('reason', reason);
        c.set('refusal', refusal);
        return response;
      };
      return answerMethod(c, methods, () => calls.answer(c.req.raw, answer));
    });
  }
  return app;
}
