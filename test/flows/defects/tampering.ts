import { createAuthorizationServer } from '../../../src/as/index.js';
import { createResourceServer } from '../../../src/rs/index.js';
import { type Fetch, networkOf } from '../../../src/shared/http/fetch.js';
import { documentHost } from '../../as/document-host.js';

export const RESOURCE = 'http://localhost:8001/mcp';
export const ISSUER = 'http://localhost:9000';

/** What one of our servers answers instead of what it would have answered. */
export type Tampering = (answer: Response, request: Request) => Response | Promise<Response>;

/** From `METHOD path` to what is done to the answer. */
export type Tamperings = Readonly<Record<string, Tampering>>;

/**
 * Our own pair in this process, which keeps to every rule but those that are taken from it.
 *
 * @param tamperings what is broken
 * @param lax an MCP server that takes tokens for any resource
 */
export function brokenPair(tamperings: Tamperings, lax = false): Fetch {
  const authorizationServer = createAuthorizationServer(
    {
      issuer: ISSUER,
      demoMode: true,
      resources: [RESOURCE, new URL(RESOURCE).origin],
      clients: [{ client_id: 'demo-preset' }],
    },
    { fetchDocument: documentHost().fetchDocument },
  );
  const resourceServer = createResourceServer(
    { resource: RESOURCE, authServers: [{ issuer: ISSUER }], demoMode: true, oauthStrict: !lax },
    { fetch: networkOf({ [ISSUER]: authorizationServer }) },
  );
  const honest = networkOf({ [ISSUER]: authorizationServer, 'http://localhost:8001': resourceServer });
  return async (input, init) => {
    const request = new Request(input, init);
    const answer = await honest(request.clone());
    const tampering = tamperings[`${request.method} ${new URL(request.url).pathname}`];
    return tampering ? tampering(answer, request) : answer;
  };
}

/** Changes members of a JSON body; undefined takes one away. */
export function members(changes: Readonly<Record<string, unknown>>): Tampering {
  return async (answer) => {
    const body = (await answer.clone().json()) as Record<string, unknown>;
    return new Response(JSON.stringify({ ...body, ...changes }), answer);
  };
}

/** Changes headers; undefined takes one away. */
export function headers(changes: Readonly<Record<string, string | undefined>>): Tampering {
  return (answer) => {
    const changed = new Headers(answer.headers);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) changed.delete(name);
      else changed.set(name, value);
    }
    return new Response(answer.body, { status: answer.status, headers: changed });
  };
}

/** Answers with another status. */
export function status(code: number): Tampering {
  return (answer) => new Response(answer.body, { status: code, headers: answer.headers });
}

/** Answers with an OAuth error. */
export function refusedAs(error: string, code = 400): Tampering {
  return () => Response.json({ error }, { status: code, headers: { 'cache-control': 'no-store' } });
}

/** Does something only to answers of which something holds. */
export function only(
  holds: (answer: Response, request: Request) => boolean,
  tampering: Tampering,
): Tampering {
  return (answer, request) => (holds(answer, request) ? tampering(answer, request) : answer);
}

/** The answer to a request without a token. */
export const challenge = (tampering: Tampering) => only((answer) => answer.status === 401, tampering);

/** Changes the parameters with which the browser is sent back; undefined takes one away. */
export function callback(changes: Readonly<Record<string, string | undefined>>): Tampering {
  return only(isCallback, (answer) => {
    const location = new URL(answer.headers.get('location')!);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) location.searchParams.delete(name);
      else location.searchParams.set(name, value);
    }
    return headers({ location: location.href })(answer, new Request(ISSUER));
  });
}

/** Whether an answer sends the browser back to the client. */
export function isCallback(answer: Response): boolean {
  return URL.parse(answer.headers.get('location') ?? '')?.pathname === '/callback';
}
