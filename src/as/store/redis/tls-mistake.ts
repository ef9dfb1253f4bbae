import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RedisHost, RedisTarget } from './redis-url.js';
import { PLAIN_THERE, TLS_THERE } from './refusals.js';

/** How long something that is there may take to answer, in milliseconds. */
const LOOK_MILLISECONDS = 1000;

/**
 * Looks whether nothing can be reached because one side speaks TLS and the other one does not. Neither side says so: a Redis
 * with TLS closes the connection, and one without waits for the rest of what it takes for a command.
 *
 * @returns what to do, if that is it
 */
export async function tlsMistake({ tls, hosts }: RedisTarget): Promise<string | undefined> {
  const found = await Promise.all(hosts.map(tls ? answersPlainly : answersInTls));
  if (!found.includes(true)) return undefined;
  return tls ? PLAIN_THERE : TLS_THERE;
}

/** Whether TLS begins there. Nothing goes over it, so it does not matter whose certificate that is. */
function answersInTls({ host, port }: RedisHost): Promise<boolean> {
  const socket = connectTls({ host, port, rejectUnauthorized: false });
  return inTime(socket, (found) => socket.once('secureConnect', () => found(true)));
}

/** Whether what answers there is a Redis without TLS; an error is an answer too. */
function answersPlainly({ host, port }: RedisHost): Promise<boolean> {
  const socket = connect({ host, port });
  return inTime(socket, (found) => {
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => found(/^[+-]/.test(answer.toString('latin1'))));
  });
}

/** What is found out with a socket before it closes, and before the time is over. */
async function inTime(socket: Socket, look: (found: (what: boolean) => void) => void): Promise<boolean> {
  const late = setTimeout(() => socket.destroy(), LOOK_MILLISECONDS);
  try {
    return await new Promise((found) => {
      socket.on('error', () => found(false)).once('close', () => found(false));
      look(found);
    });
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}
