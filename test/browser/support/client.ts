import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { s256Challenge } from '../../../src/shared/oauth/pkce.js';
import type { Listening } from '../../support/cli.js';

/** A client that sends its user to the pair's authorization server, and listens for the redirect. */
export interface LoopbackClient {
  readonly redirectUri: string;
  readonly state: string;
  /** where a metadata document describes it */
  readonly documentUrl: string;
  /** the parameters given here replace its own; undefined leaves one out */
  authorizationUrl(parameters?: Readonly<Record<string, string | undefined>>): string;
  /** registers with POST /register, for whatever follows */
  register(metadata?: Readonly<Record<string, unknown>>): Promise<void>;
  /** the query of every redirect that came in */
  readonly redirects: readonly URLSearchParams[];
  close(): Promise<void>;
}

const DOCUMENT = '/client.json';

function describedAt(origin: string): Readonly<Record<string, unknown>> {
  return {
    client_id: origin + DOCUMENT,
    client_name: 'Described client',
    redirect_uris: [`${origin}/callback`],
    token_endpoint_auth_method: 'none',
  };
}

/** @param clientId what it goes by until it registers */
export async function newLoopbackClient(
  pair: Pick<Listening, 'issuer' | 'resource'>,
  clientId?: string,
): Promise<LoopbackClient> {
  const redirects: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === DOCUMENT) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(describedAt(`http://${request.headers.host}`)));
      return;
    }
    if (url.pathname === '/callback') redirects.push(url.searchParams);
    response.writeHead(url.pathname === '/callback' ? 200 : 404, { 'content-type': 'text/html' });
    response.end(
      '<!doctype html><link rel="icon" href="data:,"><title>The client</title><p>You can close this window.</p>',
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the client has no port');
  const redirectUri = `http://127.0.0.1:${address.port}/callback`;
  // With everything in it that is easily garbled on the way.
  const state = `${randomBytes(12).toString('base64')}+ %2F=&é`;
  let id = clientId;
  return {
    redirectUri,
    state,
    documentUrl: `http://127.0.0.1:${address.port}${DOCUMENT}`,
    redirects,
    authorizationUrl: (parameters = {}) => {
      const url = new URL(`${pair.issuer}/authorize`);
      const all = {
        response_type: 'code',
        client_id: id,
        redirect_uri: redirectUri,
        state,
        code_challenge: s256Challenge(randomBytes(32).toString('base64url')),
        code_challenge_method: 'S256',
        resource: pair.resource,
        ...parameters,
      };
      for (const [name, value] of Object.entries(all))
        if (value !== undefined) url.searchParams.set(name, value);
      return url.href;
    },
    register: async (metadata = {}) => {
      const response = await fetch(`${pair.issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_name: 'Browser test',
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: 'none',
          ...metadata,
        }),
      });
      if (response.status !== 201) throw new Error(`POST /register: ${await response.text()}`);
      id = ((await response.json()) as { client_id: string }).client_id;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
