import type { WebApp } from '../shared/http/fetch.js';
import { PROXY_PORT } from './flags/inspect-flow/proxy-flags.js';
import { type OpenPort, openPort } from './listen.js';

/** More clients than one person watches. */
const LIMITS = { connections: 500 };

/** Where a proxy is reached: one origin for the MCP server, and one for an authorization server that has its own. */
export interface ProxyPlaces {
  /** of the MCP server, as `http://localhost:7411` */
  readonly origin: string;
  /** Starts to answer at {@link ProxyPlaces.origin}. */
  serve(app: Pick<WebApp, 'fetch'>): void;
  /**
   * Serves an app at the second origin.
   *
   * @returns the origin
   * @throws CLIError if its port can't be had
   */
  openOrigin(app: Pick<WebApp, 'fetch'>): Promise<string>;
  close(): Promise<void>;
}

/**
 * Takes the first port of a proxy on localhost; the second is taken when there is need.
 *
 * @throws CLIError with one line and exit code 1 if the port can't be had
 */
export async function openProxyPlaces(flags: {
  readonly port?: number | undefined;
  readonly 'as-port'?: number | undefined;
}): Promise<ProxyPlaces> {
  const host = 'localhost';
  const first = await openPort({ host, port: flags.port ?? PROXY_PORT, flag: 'port', limits: LIMITS });
  const open: OpenPort[] = [first];
  return {
    origin: originAt(first),
    serve: first.serve,
    async openOrigin(app) {
      const port = flags['as-port'] ?? (flags.port === 0 ? 0 : first.port + 1);
      const second = await openPort({ host, port, flag: 'as-port', limits: LIMITS });
      open.push(second);
      second.serve(app);
      return originAt(second);
    },
    async close() {
      await Promise.all(open.map((one) => one.close()));
    },
  };
}

function originAt({ port }: OpenPort): string {
  return new URL(`http://localhost:${port}`).origin;
}
