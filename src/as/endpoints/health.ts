import {
  healthResponse,
  PROBE_PATIENCE_MILLISECONDS,
  readinessResponse,
  type Readiness,
} from '../../shared/http/health.js';
import { orAborted } from '../../shared/http/or-aborted.js';
import type { Endpoint } from '../front/app-env.js';
import type { Services } from '../services.js';

/** GET /healthz: the process serves. */
export const healthEndpoint: Endpoint = () => healthResponse();

/** GET /readyz: the store answers, and this server is not about to stop. */
export function readinessEndpoint(services: Pick<Services, 'store' | 'stopping'>): Endpoint {
  return async function readiness(c) {
    const found = await readinessOf(services);
    if (found.status === 'stopping' || found.status === 'store_unavailable') c.set('reason', found.status);
    return readinessResponse(found);
  };
}

async function readinessOf({ store, stopping }: Pick<Services, 'store' | 'stopping'>): Promise<Readiness> {
  if (stopping.aborted) return { status: 'stopping' };
  try {
    // Any id does: what counts is that there is an answer.
    await orAborted(store.get('client', ''), AbortSignal.timeout(PROBE_PATIENCE_MILLISECONDS));
    return { status: 'ok' };
  } catch {
    return { status: 'store_unavailable' };
  }
}
