import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import { Errors } from '@oclif/core';
import type { WebApp } from '../shared/http/fetch.js';
import type { Peer } from '../shared/http/peer.js';
import type { ClientOf } from '../shared/http/trusted-proxies.js';
import { isLoopbackHost } from '../shared/http/loopback.js';
import { EXIT } from './exit-codes.js';
import { type Closing, createClosing } from './closing.js';
import { type ConnectionLimits, createListener } from './listener.js';
import type { ListenerRefusal, OnListenerRefusal } from './refusal-tally.js';
import type { TlsIdentity } from './tls.js';

/** A port that is held, and serves nothing until it is given an app. */
export interface OpenPort extends Closing {
  readonly port: number;
  /**
   * Starts to answer; requests that came before wait for it.
   *
   * @param onRefused takes what the app will not see, from now on
   */
  serve(app: Pick<WebApp, 'fetch'>, onRefused?: OnListenerRefusal): void;
}

/** What is listened on, and how. */
export interface WantedPort {
  /** host name or address */
  readonly host: string;
  /** 0 takes a free one */
  readonly port: number;
  /** what to name if the port is in use */
  readonly flag: string;
  /** speaks https with it; plain http without */
  readonly tls?: TlsIdentity | undefined;
  readonly limits?: Partial<ConnectionLimits>;
  /** tells the client from the proxies that are trusted; without it the other end of the connection is the client */
  readonly clientOf?: ClientOf | undefined;
  /** who may have more than their share of connections; unless said otherwise this machine and the proxies that are trusted */
  readonly holdsMany?: ((address: string) => boolean) | undefined;
}

/**
 * Takes a port on every address that the host name stands for. The port is held before the app exists, because the
 * app must know its own URL, and that is certain only then.
 *
 * @throws CLIError with one line and exit code 1 if the port can't be had
 */
export async function openPort(wanted: WantedPort): Promise<OpenPort> {
  let handle!: (app: Pick<WebApp, 'fetch'>) => void;
  const streams = new WeakSet<object>();
  const seen = new WeakSet<object>();
  let tellRefusal: OnListenerRefusal = () => undefined;
  const listener = new Promise<RequestListener>((resolve) => {
    handle = (app) =>
      resolve(
        getRequestListener(async (request, { incoming, outgoing }) => {
          seen.add(incoming);
          const peer = peerOf(incoming);
          const forwardedFor = request.headers.get('x-forwarded-for');
          const response = await app.fetch(request, peer && senderOf(peer, forwardedFor, wanted));
          if (response.headers.get('content-type')?.startsWith('text/event-stream')) streams.add(outgoing);
          return response;
        }),
      );
  });
  const onRefused = (refusal: ListenerRefusal, request?: IncomingMessage): void => {
    const peer = request && peerOf(request);
    const { address } = peer ? senderOf(peer, forwardedForOf(request), wanted) : refusal;
    tellRefusal({ ...refusal, address });
  };
  const onRequest: RequestListener = (request, response) => {
    const { remoteAddress: address } = request.socket;
    response.once('finish', () => {
      const { statusCode: status } = response;
      if (!seen.has(request)) onRefused({ reason: 'request_malformed', status, address }, request);
    });
    void listener.then((answer) => answer(request, response));
  };

  const holdsMany = wanted.holdsMany ?? ((address: string) => isNear(address, wanted.clientOf));
  const isStream = (response: ServerResponse): boolean => streams.has(response);
  const closings: Closing[] = [];
  const close = () => inParallel(closings, (closing) => closing.close());
  let port = wanted.port;
  for (const address of addressesOf(wanted.host)) {
    const made = await createListener(onRequest, { ...wanted, isStream, holdsMany, onRefused });
    const bound = await bind(made.server, { ...wanted, port, address, optional: closings.length > 0 }).catch(
      async (error) => {
        await close();
        throw error;
      },
    );
    if (!bound) continue;
    closings.push(createClosing(made));
    port = (made.server.address() as AddressInfo).port;
  }
  return {
    port,
    serve(app, onTold) {
      if (onTold) tellRefusal = onTold;
      handle(app);
    },
    announce: () => closings.forEach((closing) => closing.announce()),
    finish: (milliseconds) => inParallel(closings, (closing) => closing.finish(milliseconds)),
    close,
  };
}

async function inParallel(closings: readonly Closing[], step: (closing: Closing) => Promise<void>) {
  await Promise.all(closings.map(step));
}

/** Who sent a request, as far as that can be told. */
function senderOf(peer: Peer, forwardedFor: string | null, { clientOf }: Pick<WantedPort, 'clientOf'>): Peer {
  return clientOf ? clientOf(peer, forwardedFor) : peer;
}

function forwardedForOf({ headers }: IncomingMessage): string | null {
  const value = headers['x-forwarded-for'];
  return typeof value === 'string' ? value : null;
}

function peerOf({
  socket: { remoteAddress, remotePort },
}: HttpBindings['incoming'] | Http2Bindings['incoming']): Peer | undefined {
  return remoteAddress === undefined || remotePort === undefined
    ? undefined
    : { address: remoteAddress, port: remotePort };
}

/** Of documentation: no connection comes from there. */
const NOBODY = '192.0.2.1';

/** Behind one connection of a proxy there are many clients, and what is on this machine has better ways to harm it. */
function isNear(address: string, clientOf: ClientOf | undefined): boolean {
  if (isLoopbackHost(address.replace(/^::ffff:(?=\d)/i, ''))) return true;
  return clientOf?.({ address, port: 0 }, NOBODY).address === NOBODY;
}

/** `localhost` is both loopback addresses: which of them a client tries first differs from client to client. */
function addressesOf(host: string): readonly string[] {
  if (host === 'localhost') return ['127.0.0.1', '::1'];
  return [host.replace(/^\[(.*)\]$/, '$1')];
}

interface Binding {
  readonly address: string;
  readonly port: number;
  readonly flag: string;
  /** true for an address that a machine may lack, as ::1 where IPv6 is off */
  readonly optional: boolean;
}

/** @returns false if the address is optional and this machine does not have it */
function bind(server: Server, { address, port, flag, optional }: Binding): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (optional && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')) resolve(false);
      else reject(cannotListen(error, address, port, flag));
    });
    server.listen({ host: address, port, ipv6Only: address.includes(':') && address !== '::' }, () =>
      resolve(true),
    );
  });
}

function cannotListen(
  error: NodeJS.ErrnoException,
  address: string,
  port: number,
  flag: string,
): Errors.CLIError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use on ${address}; choose another one with --${flag} <port>`,
    EACCES: `port ${port} on ${address} needs more rights; choose one above 1023 with --${flag} <port>`,
    EADDRNOTAVAIL: `this machine has no address ${address}; choose another one with --${hostFlag(flag)}`,
    ENOTFOUND: `${address} is not a known host name; choose another one with --${hostFlag(flag)}`,
  };
  return new Errors.CLIError(
    reasons[error.code ?? ''] ?? `cannot listen on ${address}:${port}: ${error.message}`,
    {
      exit: EXIT.failed,
    },
  );
}

function hostFlag(portFlag: string): string {
  return portFlag.replace('port', 'host');
}
