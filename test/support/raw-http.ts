import { connect } from 'node:net';

/**
 * Sends bytes to a port of this machine, and nothing more.
 *
 * @param bytes as characters up to 255
 * @returns all that came back until the server ended the connection
 * @throws Error if the server has not ended it after `within` milliseconds
 */
export function answerToBytes(port: number, bytes: string, within = 15_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const late = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection is still open; so far came ${JSON.stringify(answer)}`));
    }, within);
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(late);
      resolve(answer);
    });
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

/** The status of each answer in what came back. */
export function statusesIn(answer: string): readonly number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}
