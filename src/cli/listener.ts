import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Connections, createConnections } from './connections.js';
import { endFaultyConnection } from './client-errors.js';
import type { ListenerRefusal } from './refusal-tally.js';
import { createSlowReaderCheck } from './slow-readers.js';
import { faultOf, type RequestFault } from './request-guard.js';
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
  /** until some of what waits for the client is taken */
  readonly reading: number;
  /** how often headers, requests and answers are looked at */
  readonly interval: number;
  readonly connections: number;
  /** from one address, but for those that `holdsMany` names; an IPv6 address counts with all of its /64 */
  readonly perAddress: number;
}

const LIMITS: ConnectionLimits = {
  handshake: 10_000,
  headers: 10_000,
  request: 30_000,
  idle: 5000,
  reading: 30_000,
  interval: 5000,
  connections: 10_000,
  perAddress: 1000,
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
  /** whether an address may have more than its share of connections, as this machine and proxies have */
  readonly holdsMany: (address: string) => boolean;
  /** Takes what is refused here. @param request undefined where it can't be read */
  readonly onRefused: (refusal: ListenerRefusal, request?: IncomingMessage) => void;
}

/**
 * Makes a server that is not listening yet: https with an identity, and plain http without.
 *
 * @param options.isStream tells streams of events from other answers
 * @param options.limits those that differ from what a server in use has
 */
export async function createListener(
  onRequest: RequestListener,
  { isStream, tls, limits, holdsMany, onRefused }: ListenerOptions,
): Promise<Listener> {
  const bounds = { ...LIMITS, ...limits };
  let held: Promise<unknown> | undefined;
  const refused = new WeakSet<Socket>();
  function refuseRequest(request: IncomingMessage, response: ServerResponse, fault: RequestFault): void {
    refused.add(request.socket);
    const { status, reason } = fault;
    onRefused({ status, reason, address: request.socket.remoteAddress }, request);
    refuse(response, fault);
  }
  const onGuardedRequest: RequestListener = (request, response) => {
    // What comes behind a request that was refused may be a part of it.
    if (refused.has(request.socket)) return;
    const fault = faultOf(request);
    if (fault) refuseRequest(request, response, fault);
    else if (held) void held.then(() => onRequest(request, response));
    else onRequest(request, response);
  };
  const options: ServerOptions = {
    headersTimeout: bounds.headers,
    requestTimeout: bounds.request,
    keepAliveTimeout: bounds.idle,
    connectionsCheckingInterval: bounds.interval,
    // The guard refuses a request without one, and tells of it.
    requireHostHeader: false,
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
        onGuardedRequest,
      )
    : createServer(options, onGuardedRequest);
  server.maxConnections = bounds.connections;
  // Node leaves out what comes behind the 2000th header; the guard refuses a request that has so many.
  server.maxHeadersCount = 0;
  server.on('connect', (request, socket) => {
    onRefused(
      { status: 405, reason: 'request_not_supported', address: request.socket.remoteAddress },
      request,
    );
    refuseTunnel(socket);
  });
  server.on('checkExpectation', (request, response) => refuseRequest(request, response, UNEXPECTED));
  const connections = createConnections(() => performance.now());
  server.on('clientError', (error, socket) => {
    const { remoteAddress: address } = socket as Socket;
    const [answer] = connections.answersOn(socket as Socket);
    const fault = endFaultyConnection(error, socket, answer?.headersSent === true);
    if (fault && !refused.has(socket as Socket)) onRefused({ ...fault, address });
  });
  server.on('drop', (dropped) =>
    onRefused({ reason: 'connections_too_many', address: dropped?.remoteAddress }),
  );
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (connections.of(address) >= bounds.perAddress && !holdsMany(address)) {
      onRefused({ reason: 'connections_too_many', address });
      socket.destroy();
    } else connections.add(socket);
  });
  server.on('request', (request, response) => connections.answering(request.socket, response));
  const looking = setInterval(
    createSlowReaderCheck(connections, bounds.reading, () => performance.now()),
    bounds.interval,
  ).unref();
  server.once('close', () => clearInterval(looking));
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

const UNEXPECTED: RequestFault = {
  status: 417,
  reason: 'request_not_supported',
  text: 'the only expectation here is 100-continue',
};

/** We are no proxy. */
const NO_TUNNEL =
  'HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS\r\n' +
  'Content-Length: 0\r\nConnection: close\r\n\r\n';

/** Node lets go of a connection on which a tunnel is asked for: nobody else would hear of its faults, or ever end it. */
function refuseTunnel(socket: Duplex): void {
  socket.on('error', () => undefined);
  socket.end(NO_TUNNEL, () => socket.destroy());
}

function refuse(response: ServerResponse, { status, text }: RequestFault): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  // In the form of every other refusal of both servers.
  response.end(JSON.stringify({ error: 'invalid_request', error_description: text }));
}
