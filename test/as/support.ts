import {
  type AuthorizationServer,
  type AuthorizationServerDeps,
  type AuthorizationServerOptions,
  createAuthorizationServer,
  type Store,
} from '../../src/as/index.js';
import type { Clock } from '../../src/shared/clock.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import { type Fetch, networkOf, type WebApp } from '../../src/shared/http/fetch.js';
import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { type SteppedClock, steppedClock } from '../contract/store-contract.js';
import { type Browser, createBrowser, type FormInput } from '../support/browser.js';
import { chosenStore } from '../support/chosen-store.js';
import { reached } from '../support/over-socket.js';
import { holdingToTake } from './stores.js';

export const ISSUER = 'http://localhost:9000';
export const RESOURCE = 'http://localhost:8001/mcp';
export const CALLBACK = 'http://127.0.0.1:33418/';
export const VERIFIER = 'a-verifier-of-the-tests-with-43-characters-or-more';

export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** An authorization server in this process, and what one does with it. */
export interface World {
  readonly app: WebApp;
  readonly server: AuthorizationServer;
  readonly fetch: Fetch;
  readonly clock: SteppedClock;
  readonly events: EmittedEvent[];
  readonly browser: Browser;
  event<K extends EmittedEvent['kind']>(kind: K): Extract<EmittedEvent, { kind: K }> | undefined;
  post(path: string, form: Parameters, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  register(metadata?: Readonly<Record<string, unknown>>): Promise<Answer>;
  authorizeUrl(parameters?: Parameters): URL;
  /** goes through login and consent with the first button of each page, whoever was signed in before */
  signIn(parameters?: Parameters, login?: FormInput): Promise<URL>;
  token(parameters: Parameters, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** a whole flow, from the authorization request to the token response */
  flow(parameters?: Parameters): Promise<Record<string, string>>;
  introspect(token: string | undefined): Promise<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, string>;
}

export function formOf(parameters: Parameters): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of value === undefined ? [] : [value].flat()) form.append(name, one);
  return form;
}

/** An authorization server in demo mode with one resource; `demo-preset` is a preset client. */
export function createWorld(
  options: Partial<AuthorizationServerOptions> = {},
  createStore: (clock: Clock) => Store = chosenStore,
  deps: Pick<AuthorizationServerDeps, 'fetchDocument'> = {},
): World {
  const events: EmittedEvent[] = [];
  const clock = steppedClock();
  const created = createAuthorizationServer(
    {
      issuer: ISSUER,
      demoMode: true,
      resources: [RESOURCE],
      clients: [{ client_id: 'demo-preset' }],
      ...options,
    },
    { clock, store: holdingToTake(createStore(clock)), onEvent: (event) => events.push(event), ...deps },
  );
  const app = reached(created);
  const issuer = options.issuer ?? ISSUER;
  const { origin } = new URL(issuer);
  const fetch = networkOf({ [origin]: app });
  const browser = createBrowser(fetch, origin);

  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text();
    const body: Record<string, string> = text.startsWith('{') ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, body };
  };
  const post: World['post'] = async (path, form, headers = {}) =>
    answerOf(await fetch(issuer + path, { method: 'POST', body: formOf(form), headers }));
  const authorizeUrl: World['authorizeUrl'] = (parameters = {}) => {
    const all = {
      response_type: 'code',
      client_id: 'demo-preset',
      redirect_uri: CALLBACK,
      code_challenge: s256Challenge(VERIFIER),
      code_challenge_method: 'S256',
      ...parameters,
    };
    return new URL(`${issuer}/authorize?${formOf(all)}`);
  };
  const signIn: World['signIn'] = async (parameters, login) => {
    browser.forgetSession();
    const consent = await browser.submit(await browser.visit(authorizeUrl(parameters)), login);
    const { left } = await browser.submit(consent);
    if (!left) throw new Error(`no redirect to the client:\n${consent.html}`);
    return left;
  };
  const token: World['token'] = (parameters, headers) =>
    post(
      '/token',
      {
        grant_type: 'authorization_code',
        client_id: 'demo-preset',
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
        ...parameters,
      },
      headers,
    );
  return {
    app,
    server: created,
    fetch,
    clock,
    events,
    browser,
    post,
    authorizeUrl,
    signIn,
    token,
    event: <K extends EmittedEvent['kind']>(kind: K) =>
      events.findLast((event): event is Extract<EmittedEvent, { kind: K }> => event.kind === kind),
    register: async (metadata = {}) =>
      answerOf(
        await fetch(`${issuer}/register`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            redirect_uris: [CALLBACK],
            token_endpoint_auth_method: 'none',
            grant_types: ['authorization_code', 'refresh_token'],
            ...metadata,
          }),
        }),
      ),
    flow: async (parameters = {}) => {
      const redirect = await signIn(parameters);
      const { client_id, redirect_uri } = Object.fromEntries(authorizeUrl(parameters).searchParams);
      const { body } = await token({
        client_id,
        redirect_uri,
        code: redirect.searchParams.get('code') ?? '',
      });
      if (body['access_token'] === undefined) throw new Error(`no token: ${JSON.stringify(body)}`);
      return body;
    },
    introspect: async (value) =>
      (await post('/introspect', { token: value }, { authorization: basic('demo-rs', 'demo-rs-secret') }))
        .body,
  };
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
}

/** The code in a redirect. */
export function codeIn(redirect: URL): string {
  return redirect.searchParams.get('code') ?? '';
}
