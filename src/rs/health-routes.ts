import type { Hono } from 'hono';
import { HEALTH_PATHS, healthResponse, type Readiness, readinessResponse } from '../shared/http/health.js';
import type { RefusalReason } from '../shared/oauth/errors.js';
import type { Variables } from './front.js';
import { methodNotAllowed } from './methods.js';

const METHODS = 'GET, HEAD';

/** What stands in the access line of a probe that was answered 503. */
const REASONS: Partial<Record<Readiness['status'], RefusalReason>> = {
  stopping: 'stopping',
  no_authorization_server: 'as_unreachable',
};

/** Adds what probes ask. They bring no token, and are told nothing that the metadata does not tell. */
export function addHealthRoutes(app: Hono<Variables>, readiness: () => Promise<Readiness>): void {
  app.on(['GET', 'HEAD'], HEALTH_PATHS.health, () => healthResponse());
  app.on(['GET', 'HEAD'], HEALTH_PATHS.readiness, async (c) => {
    const found = await readiness();
    c.set('reason', REASONS[found.status]);
    return readinessResponse(found);
  });
  for (const path of Object.values(HEALTH_PATHS)) app.all(path, (c) => methodNotAllowed(c, METHODS));
}
