import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestFault } from './request-guard.js';

type ClientFault = Pick<RequestFault, 'reason'> & { readonly status: 400 | 408 | 413 | 431 };

const PHRASES: Readonly<Record<ClientFault['status'], string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

/**
 * Answers what Node's parser takes for no request, and what does not come in time, as Node does where nobody listens; then
 * the connection is ended. One that broke, or did not get through the TLS handshake, is let go without a word.
 *
 * @param isAnswered whether an answer has begun on the connection, so that nothing can be said on it any more
 * @returns what it was refused for; undefined if nobody was: the client is gone, or has its answer
 */
export function endFaultyConnection(
  { code = '' }: NodeJS.ErrnoException,
  socket: Duplex,
  isAnswered: boolean,
): ClientFault | undefined {
  const fault = faultOf(code, socket);
  if (!fault || !socket.writable || isAnswered || !(socket instanceof Socket)) {
    socket.destroy();
    return undefined;
  }
  socket.write(`HTTP/1.1 ${fault.status} ${PHRASES[fault.status]}\r\nConnection: close\r\n\r\n`);
  socket.destroySoon();
  // Who ends a request halfway has gone, and was not refused.
  return code === 'HPE_INVALID_EOF_STATE' ? undefined : fault;
}

function faultOf(code: string, socket: Duplex): ClientFault | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const isAbsent = socket instanceof Socket && socket.bytesRead === 0;
    return { status: 408, reason: isAbsent ? 'request_absent' : 'request_too_slow' };
  }
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, reason: 'request_headers_too_large' };
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return { status: 413, reason: 'request_malformed' };
  return code.startsWith('HPE_') ? { status: 400, reason: 'request_malformed' } : undefined;
}
