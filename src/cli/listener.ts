import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { TlsIdentity } from './tls.js';

/** How long requests under way may take to end once the process was asked to stop. */
const GRACE_MILLISECONDS = 500;

/** How long a client may take, in milliseconds, and how many connections there may be at each address. */
export interface ConnectionLimits {
  /** for the TLS handshake */
  readonly handshake: number;
  /** until the headers of a request are there */
  readonly headers: number;
  /** until a request is there as a whole; what is answered, as an event stream, may last */
  readonly request: number;
  /** without a next request */
  readonly idle: number;
  /** how often headers and requests are looked at */
  readonly interval: number;
  readonly connections: number;
}

const LIMITS: ConnectionLimits = {
  handshake: 10_000,
  headers: 10_000,
  request: 30_000,
  idle: 5000,
  interval: 5000,
  connections: 10_000,
};

/** A server, and its connections, those included that have not got through the TLS handshake. */
export interface Listener {
  readonly server: Server;
  readonly connections: ReadonlySet<Socket>;
}

/**
 * Makes a server that is not listening yet: https with an identity, and plain http without.
 *
 * @param limits those that differ from what a server in use has
 */
export async function createListener(
  onRequest: RequestListener,
  {
    tls,
    limits,
  }: { readonly tls?: TlsIdentity | undefined; readonly limits?: Partial<ConnectionLimits> | undefined },
): Promise<Listener> {
  const bounds = { ...LIMITS, ...limits };
  const options: ServerOptions = {
    headersTimeout: bounds.headers,
    requestTimeout: bounds.request,
    keepAliveTimeout: bounds.idle,
    connectionsCheckingInterval: bounds.interval,
  };
  const server = tls
    ? (await import('node:https')).createServer(
        {
          ...options,
          cert: tls.certificate,
          key: tls.key,
          minVersion: 'TLSv1.2',
          handshakeTimeout: bounds.handshake,
        },
        onRequest,
      )
    : createServer(options, onRequest);
  server.maxConnections = bounds.connections;
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return { server, connections };
}

/** Takes no more connections, and cuts those that are still open after a grace of half a second. */
export async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(
    listeners.map(
      ({ server, connections }) =>
        new Promise<void>((resolve) => {
          const cut = setTimeout(() => connections.forEach((socket) => socket.destroy()), GRACE_MILLISECONDS);
          server.close(() => {
            clearTimeout(cut);
            resolve();
          });
          server.closeIdleConnections();
        }),
    ),
  );
}
