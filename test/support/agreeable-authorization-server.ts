import { createServer, type Server } from 'node:http';
import { afterEach } from 'vitest';

/** An authorization server as far as a resource server needs one: it knows every token. */
export interface AgreeableAuthorizationServer {
  readonly issuer: string;
  /** how often it was asked about a token */
  asked(): number;
}

/**
 * Starts such servers, and ends them with the test that started them.
 *
 * @returns a function that takes what an introspection waits for, and what is different in the answer for some tokens
 */
export function agreeableAuthorizationServers(): (
  until?: Promise<void>,
  different?: Readonly<Record<string, object>>,
) => Promise<AgreeableAuthorizationServer> {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });
  return async (until = Promise.resolve(), different = {}) => {
    let asked = 0;
    const server = createServer((request, response) => {
      const issuer = `http://${request.headers.host}`;
      response.setHeader('content-type', 'application/json');
      if (request.url !== '/introspect') {
        response.end(JSON.stringify({ issuer, introspection_endpoint: `${issuer}/introspect` }));
        return;
      }
      asked += 1;
      let form = '';
      request.setEncoding('utf8').on('data', (text: string) => (form += text));
      request.once('end', () => {
        const token = new URLSearchParams(form).get('token') ?? '';
        const answer = { active: true, scope: 'user', client_id: 'a', sub: 'b', ...different[token] };
        void until.then(() => response.end(JSON.stringify(answer)));
      });
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not bound');
    return { issuer: `http://127.0.0.1:${address.port}`, asked: () => asked };
  };
}
