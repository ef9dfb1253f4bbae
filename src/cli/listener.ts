import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http';
import type { Socket } from 'node:net';
import type { TlsIdentity } from './tls.js';

/** How long, in milliseconds, connections may last once the process was asked to stop. */
const GRACE = {
  /** for what has sent no whole request */
  silent: 500,
  /** for a request that is being answered */
  answered: 2000,
} as const;

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
  /** requests that are being answered, by the {@link peerOf} of their connection */
  readonly answering: ReadonlyMap<string, IncomingMessage>;
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
  const answering = new Map<string, IncomingMessage>();
  server.on('request', (request, response) => {
    const peer = peerOf(request.socket);
    answering.set(peer, request);
    response.once('close', () => answering.delete(peer));
  });
  return { server, connections, answering };
}

/** The other end of a connection: the same for a TLS socket and for the one beneath it, which a server tells of apart. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/**
 * Takes no more connections, lets requests under way be answered, and cuts what is still open when its grace is over.
 */
export async function closeAll(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map(closeOne));
}

function closeOne({ server, connections, answering }: Listener): Promise<void> {
  const cut = (wanted: (socket: Socket) => boolean) => () =>
    [...connections].filter(wanted).forEach((socket) => socket.destroy());
  return new Promise((resolve) => {
    const timers = [
      setTimeout(
        cut((socket) => answering.get(peerOf(socket))?.complete !== true),
        GRACE.silent,
      ),
      setTimeout(
        cut(() => true),
        GRACE.answered,
      ),
    ];
    server.close(() => {
      timers.forEach(clearTimeout);
      resolve();
    });
    server.closeIdleConnections();
  });
}
