import { openPort } from '../listen.js';
import type { Metrics } from './metrics.js';

/** Metrics that are counted and served. */
export interface OpenedMetrics {
  readonly metrics: Metrics;
  readonly url: string;
  close(): Promise<void>;
}

/** A scraper needs one. */
const MAX_CONNECTIONS = 50;

/**
 * Starts to count, and to serve what is counted on a port of its own. The library is loaded only now.
 *
 * @throws CLIError if the port can't be had
 */
export async function openMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  { skipped }: { readonly skipped: () => number },
): Promise<OpenedMetrics> {
  const [{ createMetrics }, { createMetricsApp, METRICS_PATH }] = await Promise.all([
    import('./metrics.js'),
    import('./metrics-app.js'),
  ]);
  const open = await openPort({ host, port, flag: 'metrics', limits: { connections: MAX_CONNECTIONS } });
  const metrics = createMetrics({ skipped });
  open.serve(createMetricsApp(metrics, host));
  return { metrics, url: `http://${host}:${open.port}${METRICS_PATH}`, close: () => open.close() };
}
