import type { Fetch } from '../../src/shared/http/fetch.js';
import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { parseChallenges } from '../../src/shared/oauth/www-authenticate.js';
import { createBrowser } from './browser.js';

const REDIRECT_URI = 'http://127.0.0.1:33418/';
const VERIFIER = 'a-verifier-of-the-editor-with-43-characters-or-more';

/** More sign-ins than any sequence here has; whoever needs more is in a loop. */
const MOST_SIGN_INS = 4;

export interface Editor {
  /** what it did, in order: `initialize 401`, `/authorize old-id`, `/token 200` … */
  readonly seen: readonly string[];
  clientId(): string | undefined;
  /** Signs out: the token goes, the client_id stays, and that is the trouble. */
  signOut(): void;
  /** Connects to the MCP server, registering and signing its user in as often as it takes. */
  connect(): Promise<void>;
}

/**
 * A client that keeps its client_id as VS Code 1.139 was seen to: it is dropped when the MCP server answers 401 or 403
 * to a token, when the token endpoint answers a code with status 200 and `invalid_client`, and when the metadata of the
 * MCP server names another authorization server; by nothing else.
 *
 * @param storedId an id from an earlier life of the authorization server
 */
export function createEditor(fetch: Fetch, resource: string, storedId?: string): Editor {
  const seen: string[] = [];
  let clientId = storedId;
  let token: string | undefined;
  /** the authorization server whose id it is */
  let filedUnder: string | undefined;

  async function readJson(what: string, url: string, init?: RequestInit): Promise<Record<string, unknown>> {
    const response = await fetch(url, init);
    seen.push(`${what} ${response.status}`);
    if (!response.ok) throw new Error(`${what} failed with ${response.status}`);
    return (await response.json()) as Record<string, unknown>;
  }

  async function initialize(): Promise<Response> {
    const response = await fetch(resource, {
      method: 'POST',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-11-25',
          capabilities: {},
          clientInfo: { name: 'Visual Studio Code', version: '1.139.1' },
        },
      }),
    });
    seen.push(`initialize ${response.status}`);
    return response;
  }

  async function register(endpoint: string): Promise<string> {
    const registered = await readJson('/register', endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Visual Studio Code',
        redirect_uris: ['http://127.0.0.1/', REDIRECT_URI],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
      }),
    });
    return String(registered['client_id']);
  }

  async function signIn(endpoint: string, id: string): Promise<string> {
    const url = new URL(endpoint);
    const request = {
      response_type: 'code',
      client_id: id,
      redirect_uri: REDIRECT_URI,
      code_challenge: s256Challenge(VERIFIER),
      code_challenge_method: 'S256',
      resource,
      scope: 'user',
      state: 'c3RhdGU=',
    };
    url.search = new URLSearchParams(request).toString();
    seen.push(`/authorize ${id === storedId ? 'old id' : 'new id'}`);
    const browser = createBrowser(fetch, url.origin);
    const { left, html } = await browser.submit(await browser.submit(await browser.visit(url)));
    const code = left?.searchParams.get('code');
    if (!code) throw new Error(`no code, but ${left ?? html}`);
    return code;
  }

  /** @returns undefined if the client_id was dropped */
  async function redeem(endpoint: string, id: string, code: string): Promise<string | undefined> {
    const answer = await readJson('/token', endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: id,
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: VERIFIER,
        resource,
      }),
    });
    if (answer['error'] === 'invalid_client') clientId = undefined;
    else return String(answer['access_token']);
  }

  async function authorize(refusal: Response): Promise<void> {
    const [challenge] = parseChallenges(refusal.headers.get('www-authenticate') ?? '') ?? [];
    const protectedResource = await readJson('PRM', challenge!.parameters['resource_metadata']!);
    const [issuer] = protectedResource['authorization_servers'] as [string];
    if (filedUnder !== undefined && filedUnder !== issuer) clientId = undefined;
    filedUnder = issuer;
    const { origin, pathname } = new URL(issuer);
    const wellKnown = `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`;
    const server = await readJson('AS metadata', wellKnown);
    clientId ??= await register(String(server['registration_endpoint']));
    const code = await signIn(String(server['authorization_endpoint']), clientId);
    token = await redeem(String(server['token_endpoint']), clientId, code);
  }

  return {
    seen,
    clientId: () => clientId,
    signOut: () => void (token = undefined),
    async connect() {
      for (let signIns = 0; ; signIns += 1) {
        const response = await initialize();
        if (response.ok) return;
        if (response.status !== 401) throw new Error(`initialize failed with ${response.status}`);
        if (signIns === MOST_SIGN_INS) throw new Error(`it loops: ${seen.join(', ')}`);
        if (token !== undefined) token = clientId = undefined;
        await authorize(response);
      }
    },
  };
}
