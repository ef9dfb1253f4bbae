import {
  createServer,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { type Connections, createConnections } from './connections.js';
import type { TlsIdentity } from './tls.js';

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

/** A server, and its connections. */
export interface Listener {
  readonly server: Server;
  readonly connections: Connections;
  /** Has requests that come meanwhile wait for a promise, before they are answered. */
  holdRequests(until: Promise<unknown>): void;
  /** whether an answer is a stream of events, which has no end of its own */
  isStream(response: ServerResponse): boolean;
}

/** What a server is made of. */
export interface ListenerOptions extends Pick<Listener, 'isStream'> {
  readonly tls?: TlsIdentity | undefined;
  readonly limits?: Partial<ConnectionLimits> | undefined;
}

/**
 * Makes a server that is not listening yet: https with an identity, and plain http without.
 *
 * @param options.isStream tells streams of events from other answers
 * @param options.limits those that differ from what a server in use has
 */
export async function createListener(
  onRequest: RequestListener,
  { isStream, tls, limits }: ListenerOptions,
): Promise<Listener> {
  const bounds = { ...LIMITS, ...limits };
  let held: Promise<unknown> | undefined;
  const onHeldRequest: RequestListener = (request, response) => {
    if (held) void held.then(() => onRequest(request, response));
    else onRequest(request, response);
  };
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
        onHeldRequest,
      )
    : createServer(options, onHeldRequest);
  server.maxConnections = bounds.connections;
  const connections = createConnections(() => performance.now());
  server.on('connection', (socket: Socket) => connections.add(socket));
  server.on('request', (request, response) => connections.answering(request.socket, response));
  return {
    server,
    connections,
    isStream,
    holdRequests(until) {
      held = until;
      void until.then(() => (held = undefined));
    },
  };
}
