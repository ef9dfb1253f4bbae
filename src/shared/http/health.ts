/**
 * Where probes ask, on both servers: at the root of the port, whatever path the public URL has, since a probe comes to the
 * port and not through what is in front of it.
 */
export const HEALTH_PATHS = { health: '/healthz', readiness: '/readyz' } as const;

/** How long a look at what readiness depends on may take, in milliseconds; most probes wait for a second. */
export const PROBE_PATIENCE_MILLISECONDS = 800;

/** What `/readyz` finds; the words are on the wire. */
export type ReadinessStatus = 'ok' | 'stopping' | 'store_unavailable' | 'no_authorization_server';

/** Whether a process that serves can do its work. */
export interface Readiness {
  readonly status: ReadinessStatus;
  /** issuers of authorization servers that can't be reached; absent where there are none */
  readonly missing?: readonly string[];
}

/** The answer to "does the process serve?": if it can be asked, it does. */
export function healthResponse(): Response {
  return probeAnswer({ status: 'ok' }, 200);
}

/** The answer to "can it do its work?": 503 if not. */
export function readinessResponse({ status, missing = [] }: Readiness): Response {
  const body = { status, ...(missing.length > 0 && { missing_authorization_servers: missing }) };
  return probeAnswer(body, status === 'ok' ? 200 : 503);
}

function probeAnswer(body: object, status: number): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
}
