import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands in front of an MCP server for programs that have no way to send a token. */
export interface BearerProxy {
  /** where the program finds what is at the URL that the proxy was made for */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens on this machine and hands every request on with an access token, unless it carries an Authorization header
 * of its own. All else goes through as it came, Host and Origin too, in both directions, and streams stay streams:
 * what a program measures of the server it must be able to measure through here.
 *
 * @param resource URL of the MCP endpoint, plain http
 * @param token the access token
 */
export async function startBearerProxy(resource: string, token: string): Promise<BearerProxy> {
  const { hostname, port, pathname } = new URL(resource);
  const server = createServer((incoming, outgoing) => {
    const authorization =
      incoming.headers.authorization === undefined ? ['authorization', `Bearer ${token}`] : [];
    const onward = send(
      {
        hostname,
        port,
        method: incoming.method,
        path: incoming.url,
        headers: [...incoming.rawHeaders, ...authorization],
        // Each request on a connection of its own: one that the server has just closed can't be taken by mistake.
        agent: false,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.statusMessage, answer.rawHeaders);
        // Headers without a body yet are all that an event stream begins with.
        outgoing.flushHeaders();
        answer.pipe(outgoing);
        answer.once('error', () => outgoing.destroy());
      },
    );
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${pathname}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
