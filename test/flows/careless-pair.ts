import { createServer, type IncomingMessage } from 'node:http';
import { ACCESS_TOKEN, CODE } from './support.js';

export interface Served {
  readonly origin: string;
  close(): void;
}

/** Answers every request on a free port of loopback. */
export async function serve(
  answer: (request: Request, origin: string) => Response | Promise<Response>,
): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    void requestOf(incoming, origin)
      .then((request) => answer(request, origin))
      .then(async (response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers));
        outgoing.end(await response.text());
      });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not bound');
  const origin = `http://127.0.0.1:${bound.port}`;
  return { origin, close: () => (server.closeAllConnections(), void server.close()) };
}

async function requestOf(incoming: IncomingMessage, origin: string): Promise<Request> {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  return new Request(`${origin}${incoming.url ?? '/'}`, {
    method: incoming.method ?? 'GET',
    headers: Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]),
    ...(body !== '' && { body }),
  });
}

/** A pair on one origin that works, and lets caches keep its tokens, which no authorization server may do. */
export async function carelessPair(request: Request, origin: string): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  switch (pathname) {
    case '/mcp':
      return request.headers.get('authorization') === `Bearer ${ACCESS_TOKEN}`
        ? mcp(request)
        : challenge(origin);
    case '/.well-known/oauth-protected-resource/mcp':
      return Response.json({ resource: `${origin}/mcp`, authorization_servers: [origin] });
    case '/.well-known/oauth-authorization-server':
      return Response.json({
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
      });
    case '/authorize': {
      const location = `${searchParams.get('redirect_uri')}?code=${CODE}&state=${searchParams.get('state')}`;
      return new Response(null, { status: 302, headers: { location } });
    }
    case '/token':
      return Response.json({ access_token: ACCESS_TOKEN, token_type: 'Bearer', expires_in: 60 });
    default:
      return new Response('not here', { status: 404 });
  }
}

function challenge(origin: string): Response {
  const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
  return new Response(null, {
    status: 401,
    headers: { 'www-authenticate': `Bearer resource_metadata="${metadata}"` },
  });
}

/** It has more tools than a pipe holds. */
async function mcp(request: Request): Promise<Response> {
  const { id, method } = (await request.json()) as { id: number; method: string };
  const tools = Array.from({ length: 800 }, (_, number) => ({
    name: `tool_${number}`,
    description: 'what it does is told at length, '.repeat(6),
  }));
  const results: Readonly<Record<string, unknown>> = {
    'server/discover': { supportedVersions: ['2026-07-28'], capabilities: {} },
    'tools/list': { tools },
    'tools/call': { content: [] },
  };
  return Response.json({ jsonrpc: '2.0', id, result: results[method] ?? {} });
}
