import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthorizationServerOptions, createAuthorizationServer } from '../../src/as/index.js';
import { openPort } from '../../src/cli/listen.js';
import { signIn } from '../interop/support/sign-in.js';
import { installedPackage } from '../interop/support/packages.js';
import { type Certificate, certificateForLoopback, fetchThatTrusts } from '../support/certificate.js';
import { verifies } from '../verifies.js';

const RESOURCE = 'https://mcp.example/mcp';
const REDIRECT_URI = 'https://client.example/callback';

let certificate: Certificate;
let trusting: ReturnType<typeof fetchThatTrusts>;
/** To every call of the library; nothing in it turns one of its checks off. */
let over: {
  readonly [oauth.customFetch]: (
    url: string,
    init: oauth.CustomFetchOptions<string, unknown>,
  ) => Promise<Response>;
};
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  certificate = await certificateForLoopback();
  trusting = fetchThatTrusts(certificate);
  over = {
    [oauth.customFetch]: (url, { method, headers, body, redirect }) =>
      trusting.fetch(url, { method, headers, body: body as RequestInit['body'], redirect }),
  };
});

afterAll(async () => {
  await Promise.all(ends.map((end) => end()));
  await trusting.close();
});

/** An authorization server by https, whose issuer is below a path if one is given. */
async function serve(options: Partial<AuthorizationServerOptions> = {}, path = ''): Promise<URL> {
  const tls = { certificate: certificate.cert, key: certificate.key };
  const place = await openPort({ host: 'localhost', port: 0, flag: 'port', tls });
  const issuer = `https://localhost:${place.port}${path}`;
  const app = createAuthorizationServer({ issuer, demoMode: true, resources: [RESOURCE], ...options });
  place.serve(app);
  ends.push(async () => {
    await app.close();
    await place.close();
  });
  return new URL(issuer);
}

async function discover(issuer: URL, algorithm: 'oauth2' | 'oidc' = 'oauth2') {
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...over }));
}

/** What a client registered as, and how it proves to be that. */
interface Known {
  readonly client: oauth.Client;
  readonly auth: oauth.ClientAuth;
}

async function register(
  as: oauth.AuthorizationServer,
  token_endpoint_auth_method: 'none' | 'client_secret_basic' | 'client_secret_post',
): Promise<Known> {
  const metadata = {
    client_name: 'A client that nobody here wrote',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method,
  };
  const response = await oauth.dynamicClientRegistrationRequest(as, metadata, over);
  const registered = await oauth.processDynamicClientRegistrationResponse(response);
  expect(registered).toMatchObject(metadata);
  const secret = String(registered.client_secret);
  const auth = {
    none: () => oauth.None(),
    client_secret_basic: () => oauth.ClientSecretBasic(secret),
    client_secret_post: () => oauth.ClientSecretPost(secret),
  }[token_endpoint_auth_method]();
  return { client: { client_id: registered.client_id }, auth };
}

/** The authorization request, the user's part, the check of the answer with `iss` and `state`, and the code's exchange. */
async function authorize(as: oauth.AuthorizationServer, { client, auth }: Known) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(as.authorization_endpoint!);
  const query = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: REDIRECT_URI,
    scope: 'user',
    state,
    resource: RESOURCE,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = oauth.validateAuthResponse(as, client, await signIn(url, trusting.fetch), state);
  const additionalParameters = { resource: RESOURCE };
  const options = { additionalParameters, ...over };
  return oauth.processAuthorizationCodeResponse(
    as,
    client,
    await oauth.authorizationCodeGrantRequest(as, client, auth, answer, REDIRECT_URI, verifier, options),
  );
}

async function introspect(as: oauth.AuthorizationServer, token: string) {
  const client = { client_id: 'demo-rs' };
  const auth = oauth.ClientSecretBasic('demo-rs-secret');
  const response = await oauth.introspectionRequest(as, client, auth, token, over);
  return oauth.processIntrospectionResponse(as, client, response);
}

/** What a resource server that verifies by itself makes of a token. */
async function validate(as: oauth.AuthorizationServer, token: string, audience = RESOURCE) {
  const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } });
  return oauth.validateJwtAccessToken(as, request, audience, over);
}

/** Everything that a client and a resource server do with the library, from a code to the end of the grant. */
async function wholeLife(as: oauth.AuthorizationServer, known: Known): Promise<oauth.TokenEndpointResponse> {
  const { client, auth } = known;
  const issued = await authorize(as, known);
  expect(issued).toMatchObject({ token_type: 'bearer', scope: 'user', expires_in: 3600 });
  const active = { active: true, client_id: client.client_id, aud: RESOURCE, iss: as.issuer, scope: 'user' };
  expect(await introspect(as, issued.access_token)).toMatchObject(active);

  const refresh = await oauth.refreshTokenGrantRequest(as, client, auth, issued.refresh_token!, over);
  const refreshed = await oauth.processRefreshTokenResponse(as, client, refresh);
  expect(refreshed.refresh_token).not.toBe(issued.refresh_token);
  expect(await introspect(as, refreshed.access_token)).toMatchObject(active);

  const revocation = await oauth.revocationRequest(as, client, auth, refreshed.refresh_token!, over);
  expect(await oauth.processRevocationResponse(revocation)).toBeUndefined();
  for (const { access_token } of [issued, refreshed])
    expect(await introspect(as, access_token)).toEqual({ active: false });
  return issued;
}

describe(`${installedPackage('oauth4webapi')}, with all its checks, over an https issuer`, () => {
  verifies.each(['none', 'client_secret_basic', 'client_secret_post'] as const)(
    [
      'rfc6750-5.2-tls',
      'rfc7009-2-tls',
      'rfc7591-3-tls',
      'rfc7662-2-tls',
      'rfc8414-3-https',
      'rfc8414-6.1-tls',
      'mcp-overview-oauth-2.1',
      'oauth2.1-4.1.1-support-pkce',
      'oauth2.1-4.1.1-s256',
      'rfc9700-2.1.1-pkce',
    ],
    'goes from discovery and registration with %s to introspection, refresh and revocation',
    async (method) => {
      const as = await discover(await serve());
      await wholeLife(as, await register(as, method));
    },
  );

  verifies.each([
    ['oauth2', ''],
    ['oidc', ''],
    ['oauth2', '/tenant'],
    ['oidc', '/tenant'],
  ] as const)(
    ['rfc8414-3-location', 'rfc8414-3.3-issuer'],
    'discovers by the rule of %s an issuer with the path "%s"',
    async (algorithm, path) => {
      const issuer = await serve({}, path);
      const as = await discover(issuer, algorithm);
      expect(`${as.issuer}`).toBe(issuer.href.replace(/\/$/, ''));
      expect(await authorize(as, await register(as, 'none'))).toHaveProperty('access_token');
    },
  );

  it.each(['ES256', 'RS256'] as const)(
    'validates JWT access tokens signed with %s by the keys that the metadata names',
    async (signingAlg) => {
      const as = await discover(await serve({ tokenFormat: 'jwt', signingAlg }));
      const { access_token } = await wholeLife(as, await register(as, 'none'));
      const claims = await validate(as, access_token);
      expect(claims).toMatchObject({ iss: as.issuer, aud: RESOURCE, sub: 'demo_user', scope: 'user' });
      await expect(validate(as, access_token, 'https://other.example/mcp')).rejects.toThrow(/"aud"/);
    },
  );

  it('authenticates with private_key_jwt, and gets a token of its own by client_credentials', async () => {
    const keys = await oauth.generateKeyPair('ES256', { extractable: true });
    const client = { client_id: 'by-its-key' };
    const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey);
    const issuer = await serve({
      tokenFormat: 'jwt',
      grants: ['authorization_code', 'refresh_token', 'client_credentials'],
      clients: [
        {
          ...client,
          redirect_uris: [REDIRECT_URI],
          grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [jwk] },
        },
      ],
    });
    const as = await discover(issuer);
    const auth = oauth.PrivateKeyJwt(keys.privateKey);
    await wholeLife(as, { client, auth });

    const wanted = { resource: RESOURCE };
    const response = await oauth.clientCredentialsGrantRequest(as, client, auth, wanted, over);
    const own = await oauth.processClientCredentialsResponse(as, client, response);
    expect(own).not.toHaveProperty('refresh_token');
    expect(await validate(as, own.access_token)).toMatchObject({ client_id: 'by-its-key', aud: RESOURCE });

    const stranger = await oauth.generateKeyPair('ES256');
    const forged = oauth.PrivateKeyJwt(stranger.privateKey);
    const refused = await oauth.clientCredentialsGrantRequest(as, client, forged, wanted, over);
    await expect(oauth.processClientCredentialsResponse(as, client, refused)).rejects.toMatchObject({
      error: 'invalid_client',
    });
  });

  it('is told in its own terms what was refused', async () => {
    const as = await discover(await serve());
    const known = await register(as, 'none');
    const { refresh_token } = await authorize(as, known);
    const spend = async () =>
      oauth.processRefreshTokenResponse(
        as,
        known.client,
        await oauth.refreshTokenGrantRequest(as, known.client, known.auth, refresh_token!, over),
      );
    await spend();
    await expect(spend()).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
    const wrong = { client: known.client, auth: oauth.ClientSecretBasic('a guess') };
    await expect(authorize(as, wrong)).rejects.toMatchObject({
      // The challenge of the 401 comes first for the library.
      cause: [{ scheme: 'basic' }],
    });
  });

  it('does not connect without trust in the certificate', async () => {
    const { [oauth.customFetch]: _, ...untrusting } = over;
    await expect(oauth.discoveryRequest(await serve(), untrusting)).rejects.toThrow();
  });
});
