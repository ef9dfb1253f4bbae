import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { addressBlock } from '../shared/http/ip-address.js';

/** One connection of a server, and what is being answered on it. */
export interface Connection {
  /** beneath TLS, where there is TLS */
  readonly socket: Socket;
  /** answers that have not gone out as a whole */
  readonly answers: Set<ServerResponse>;
  /** since when nothing is answered on it, in milliseconds of a monotonic clock */
  idleSince: number;
}

/** The open connections of a server, those included that have not got through the TLS handshake. */
export interface Connections {
  /** Takes one in, until it is closed. */
  add(socket: Socket): void;
  /** Knows of an answer from now on until it is over, and looks for its connection by the socket that the request came by. */
  answering(socket: Socket, response: ServerResponse): void;
  /** Those that have not gone out as a whole, in the order of their requests. */
  answersOn(socket: Socket): Iterable<ServerResponse>;
  all(): readonly Connection[];
  /** how many connections of an address are open; those of an IPv6 address are counted with all of its /64 */
  of(address: string): number;
  /** how many have been taken in since the start */
  taken(): number;
}

/** @param now monotonic, in milliseconds */
export function createConnections(now: () => number): Connections {
  const open = new Map<string, Connection>();
  const perAddress = new Map<string, number>();
  let taken = 0;

  function count(address: string, change: 1 | -1): void {
    const held = (perAddress.get(address) ?? 0) + change;
    if (held === 0) perAddress.delete(address);
    else perAddress.set(address, held);
  }

  return {
    add(socket) {
      const peer = peerOf(socket);
      const network = addressBlock(socket.remoteAddress ?? '');
      taken += 1;
      open.set(peer, { socket, answers: new Set(), idleSince: now() });
      count(network, 1);
      socket.once('close', () => {
        // The same port of the same client may be there again, on a connection of its own.
        if (open.get(peer)?.socket === socket) open.delete(peer);
        count(network, -1);
      });
    },
    answering(socket, response) {
      const connection = open.get(peerOf(socket));
      if (!connection) return;
      connection.answers.add(response);
      response.once('close', () => {
        connection.answers.delete(response);
        connection.idleSince = now();
      });
    },
    answersOn: (socket) => open.get(peerOf(socket))?.answers ?? [],
    all: () => [...open.values()],
    of: (address) => perAddress.get(addressBlock(address)) ?? 0,
    taken: () => taken,
  };
}

/** The other end of a connection: the same for a TLS socket and for the one beneath it, which a server tells of apart. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
