import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { ASSERTION_TYPE } from '../../../src/as/clients/authentication/assertion-text.js';
import { cookieHeader, type Visit } from '../../support/browser.js';
import { CLIENT as DOCUMENT, documentHost } from '../document-host.js';
import { basic, CALLBACK, codeIn, createWorld, ISSUER, VERIFIER, type World } from '../support.js';
import type { Expectation } from './answers.js';
import { type Draft, KEY_CLIENT } from './requests.js';

const APP = 'https://app.example/cb?kept=1';

/** A server with everything switched on, and clients of each kind. */
export interface Lab {
  readonly world: World;
  readonly documents: ReturnType<typeof documentHost>;
  /** the public key that {@link Lab.sign} signs for */
  readonly jwk: JWK;
  /** an assertion of the client that is known by its keys; claims and header may be anything */
  sign(
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
}

export async function createLab(): Promise<Lab> {
  const documents = documentHost();
  documents.serve();
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const world = createWorld(
    {
      tokenFormat: 'jwt',
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
      clients: [
        { client_id: 'demo-preset' },
        {
          client_id: 'secret-client',
          client_secret: 'the-secret-of-secret-client',
          redirect_uris: [APP, CALLBACK],
        },
        {
          client_id: KEY_CLIENT,
          token_endpoint_auth_method: 'private_key_jwt',
          grant_types: ['authorization_code', 'client_credentials'],
          jwks: { keys: [jwk] },
        },
      ],
    },
    undefined,
    { fetchDocument: documents.fetchDocument },
  );
  let serial = 0;
  return {
    world,
    documents,
    jwk,
    async sign(claims = {}, header = {}) {
      const now = world.clock.now();
      const jti = `jti-${(serial += 1)}`;
      const own = { iss: KEY_CLIENT, sub: KEY_CLIENT, aud: ISSUER, iat: now, exp: now + 60, jti };
      return new SignJWT({ ...own, ...claims })
        .setProtectedHeader({ alg: 'ES256', ...header })
        .sign(privateKey);
    },
  };
}

/** A request that is served, made anew each time, and what its endpoint may answer to others. */
export interface Target extends Expectation {
  readonly name: string;
  /** the endpoint's path in the app, as the router has it */
  readonly route: string;
  readonly method: string;
  /** the status with which it is served */
  readonly served: number;
  draft(lab: Lab): Draft | Promise<Draft>;
}

const PAGE = { errors: ['invalid_request'] };
/** The token endpoint. */
export const TOKEN = {
  route: '/token',
  method: 'POST',
  served: 200,
  errors: [
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'invalid_target',
    'temporarily_unavailable',
  ],
};
const REGISTRATION_ERRORS = ['invalid_request', 'invalid_redirect_uri', 'invalid_client_metadata'];
const CONFIGURATION = { route: '/register/:client_id', errors: [...REGISTRATION_ERRORS, 'invalid_token'] };
const REVOCATION_ERRORS = ['invalid_request', 'invalid_client', 'invalid_grant', 'temporarily_unavailable'];

const AUTHENTICATED = basic('secret-client', 'the-secret-of-secret-client');

/** What a client can register, a bit of everything. */
export const METADATA = {
  redirect_uris: [CALLBACK, APP],
  token_endpoint_auth_method: 'client_secret_post',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  client_name: 'An App',
  client_uri: 'https://app.example/',
  logo_uri: 'https://app.example/logo.png',
  contacts: ['a@app.example'],
  scope: 'user',
  software_id: 'an-app',
  software_version: '1',
  application_type: 'native',
};

/** Every endpoint, with a request for each of its methods, and more where it does more than one thing. */
export const TARGETS: readonly Target[] = [
  metadata('/.well-known/oauth-authorization-server'),
  metadata('/.well-known/openid-configuration'),
  metadata('/jwks'),
  {
    name: 'GET /authorize',
    route: '/authorize',
    method: 'GET',
    served: 200,
    ...PAGE,
    draft: ({ world }) => ({ method: 'GET', path: '/authorize', query: authorization(world) }),
  },
  {
    name: 'POST /authorize of a client with redirect URIs',
    route: '/authorize',
    method: 'POST',
    served: 200,
    ...PAGE,
    draft: ({ world }) => ({
      method: 'POST',
      path: '/authorize',
      form: authorization(world, { client_id: 'secret-client', redirect_uri: APP }),
    }),
  },
  {
    name: 'GET /authorize of a client with a document',
    route: '/authorize',
    method: 'GET',
    served: 200,
    ...PAGE,
    draft: ({ world }) => ({
      method: 'GET',
      path: '/authorize',
      query: authorization(world, { client_id: DOCUMENT }),
    }),
  },
  {
    name: 'GET /authorize of somebody who has signed in',
    route: '/authorize',
    method: 'GET',
    served: 302,
    ...PAGE,
    async draft({ world }) {
      await consentPage(world);
      return {
        method: 'GET',
        path: '/authorize',
        query: authorization(world),
        headers: cookiesOf(world),
        secrets: cookieValues(world),
      };
    },
  },
  {
    name: 'POST /login',
    route: '/login',
    method: 'POST',
    served: 303,
    ...PAGE,
    async draft({ world }) {
      world.browser.forgetSession();
      const { html } = await world.browser.visit(world.authorizeUrl());
      return formOf(
        world,
        '/login',
        {
          csrf_token: csrfIn(html),
          username: 'demo_user',
          password: 'a-password-of-the-tests',
        },
        ['a-password-of-the-tests'],
      );
    },
  },
  {
    name: 'GET /consent',
    route: '/consent',
    method: 'GET',
    served: 200,
    ...PAGE,
    async draft({ world }) {
      const { url } = await consentPage(world);
      return {
        method: 'GET',
        path: '/consent',
        query: [...url.searchParams],
        headers: cookiesOf(world),
        secrets: cookieValues(world),
      };
    },
  },
  {
    name: 'POST /consent',
    route: '/consent',
    method: 'POST',
    served: 303,
    ...PAGE,
    async draft({ world }) {
      const { html } = await consentPage(world);
      return formOf(world, '/consent', { csrf_token: csrfIn(html), decision: 'allow' }, [csrfIn(html)]);
    },
  },
  {
    name: 'GET /grants',
    route: '/grants',
    method: 'GET',
    served: 200,
    ...PAGE,
    async draft({ world }) {
      await grantsPage(world);
      return {
        method: 'GET',
        path: '/grants',
        query: [['page', '1']],
        headers: cookiesOf(world),
        secrets: cookieValues(world),
      };
    },
  },
  {
    name: 'POST /grants',
    route: '/grants',
    method: 'POST',
    served: 200,
    ...PAGE,
    async draft({ world }) {
      const { html } = await grantsPage(world);
      const [, grant = ''] = /name="grant" value="([^"]+)"/.exec(html) ?? [];
      return formOf(world, '/grants', { csrf_token: csrfIn(html), grant });
    },
  },
  {
    name: 'POST /sign-out',
    route: '/sign-out',
    method: 'POST',
    served: 200,
    ...PAGE,
    async draft({ world }) {
      const { html } = await grantsPage(world);
      return formOf(world, '/sign-out', { csrf_token: csrfIn(html) });
    },
  },
  {
    name: 'a code at /token',
    ...TOKEN,
    async draft({ world }) {
      const code = codeIn(await world.signIn());
      return {
        method: 'POST',
        path: '/token',
        form: Object.entries({
          grant_type: 'authorization_code',
          client_id: 'demo-preset',
          redirect_uri: CALLBACK,
          code,
          code_verifier: VERIFIER,
        }),
        secrets: [code],
      };
    },
  },
  {
    name: 'a refresh token at /token',
    ...TOKEN,
    async draft({ world }) {
      const refresh_token = await refreshTokenOfSecretClient(world);
      return {
        method: 'POST',
        path: '/token',
        form: Object.entries({ grant_type: 'refresh_token', refresh_token, scope: 'user' }),
        headers: { authorization: AUTHENTICATED },
        secrets: [refresh_token, AUTHENTICATED.slice(6), 'the-secret-of-secret-client'],
      };
    },
  },
  {
    name: 'client credentials with an assertion at /token',
    ...TOKEN,
    async draft({ sign }) {
      const client_assertion = await sign();
      return {
        method: 'POST',
        path: '/token',
        form: Object.entries({
          grant_type: 'client_credentials',
          client_assertion,
          client_assertion_type: ASSERTION_TYPE,
          scope: 'user',
        }),
        secrets: [client_assertion],
      };
    },
  },
  {
    name: 'POST /introspect',
    route: '/introspect',
    method: 'POST',
    served: 200,
    errors: ['invalid_request', 'invalid_client'],
    async draft({ world }) {
      const { access_token = '' } = await world.flow();
      return {
        method: 'POST',
        path: '/introspect',
        form: Object.entries({ token: access_token, token_type_hint: 'access_token' }),
        headers: { authorization: basic('demo-rs', 'demo-rs-secret') },
        secrets: [access_token],
      };
    },
  },
  {
    name: 'POST /revoke',
    route: '/revoke',
    method: 'POST',
    served: 200,
    errors: REVOCATION_ERRORS,
    async draft({ world }) {
      const token = await refreshTokenOfSecretClient(world);
      return {
        method: 'POST',
        path: '/revoke',
        form: Object.entries({
          token,
          token_type_hint: 'refresh_token',
          client_id: 'secret-client',
          client_secret: 'the-secret-of-secret-client',
        }),
        secrets: [token, 'the-secret-of-secret-client'],
      };
    },
  },
  {
    name: 'POST /register',
    route: '/register',
    method: 'POST',
    served: 201,
    errors: REGISTRATION_ERRORS,
    draft: () => ({ method: 'POST', path: '/register', json: METADATA }),
  },
  configuration('GET', 200),
  configuration('PUT', 200),
  configuration('DELETE', 204),
  {
    name: 'GET /client-evidence',
    route: '/client-evidence',
    method: 'GET',
    served: 200,
    errors: ['invalid_request', 'invalid_client', 'temporarily_unavailable'],
    draft: () => ({ method: 'GET', path: '/client-evidence', query: [['client_id', DOCUMENT]] }),
  },
];

function metadata(path: string): Target {
  return {
    name: `GET ${path}`,
    route: path,
    method: 'GET',
    served: 200,
    errors: ['invalid_request'],
    cacheable: true,
    draft: () => ({ method: 'GET', path, query: [['x', 'y']], headers: { origin: 'http://localhost:6274' } }),
  };
}

function configuration(method: 'GET' | 'PUT' | 'DELETE', served: number): Target {
  return {
    name: `${method} /register/:client_id`,
    ...CONFIGURATION,
    method,
    served,
    async draft({ world }) {
      const { body } = await world.register({ token_endpoint_auth_method: 'client_secret_post' });
      const { client_id = '', client_secret = '', registration_access_token = '' } = body;
      return {
        method,
        path: `/register/${client_id}`,
        ...(method === 'PUT' && { json: { ...METADATA, client_id, client_secret } }),
        headers: { authorization: `Bearer ${registration_access_token}` },
        secrets: [client_secret, registration_access_token],
      };
    },
  };
}

function authorization(world: World, more: Readonly<Record<string, string>> = {}) {
  const { searchParams } = world.authorizeUrl({
    state: 'a state',
    scope: 'user',
    prompt: 'select_account',
    ...more,
  });
  return [...searchParams];
}

async function consentPage(world: World): Promise<Visit> {
  const page = await world.browser.visit(world.authorizeUrl({ state: 'a state' }));
  return page.html.includes('name="password"') ? world.browser.submit(page) : page;
}

/** With at least one grant in it. */
async function grantsPage(world: World): Promise<Visit> {
  const page = await world.browser.visit(`${ISSUER}/grants`);
  if (page.html.includes('name="grant"')) return page;
  await world.signIn();
  return world.browser.visit(`${ISSUER}/grants`);
}

async function refreshTokenOfSecretClient(world: World): Promise<string> {
  const code = codeIn(await world.signIn({ client_id: 'secret-client' }));
  const { body } = await world.token({ client_id: undefined, code }, { authorization: AUTHENTICATED });
  return body['refresh_token'] ?? '';
}

function formOf(
  world: World,
  path: string,
  form: Readonly<Record<string, string>>,
  secrets: readonly string[] = [],
): Draft {
  return {
    method: 'POST',
    path,
    form: Object.entries(form),
    headers: { ...cookiesOf(world), origin: ISSUER },
    secrets: [...secrets, ...cookieValues(world)],
  };
}

function csrfIn(html: string): string {
  return /name="csrf_token" value="([^"]+)"/.exec(html)?.[1] ?? '';
}

function cookiesOf({ browser }: World): { readonly cookie: string } {
  return { cookie: cookieHeader(browser.cookies) };
}

function cookieValues({ browser }: World): readonly string[] {
  return [...browser.cookies.values()];
}
