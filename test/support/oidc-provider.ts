import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import Provider, { type Configuration, errors, type TokenFormat } from 'oidc-provider';
import { createBrowser } from './browser.js';

/** The MCP server as this authorization server knows it: a client that may introspect. */
export const RS_CREDENTIALS = { id: 'the mcp server', secret: 'a secret: of the MCP server, 100 % its own' };
export const USER = 'alice';

const CLIENT = { client_id: 'a-preset-client' };
const REDIRECT_URI = 'http://127.0.0.1:41999/callback';

/** A token for what, and with which scope. */
export interface Wanted {
  readonly resource: string;
  readonly scope: string;
}

/** An authorization server that nobody here wrote. */
export interface OidcProvider {
  readonly issuer: string;
  /** A token that a preset public client gets by the whole code flow with PKCE. */
  tokenFor(wanted: Wanted): Promise<string>;
  revoke(token: string): Promise<void>;
  /** Goes on with another signing key, as after a restart with a new configuration; the old one is published no more. */
  rotateKeys(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts oidc-provider on a free port. Its user signs in and agrees without a page, unless its own pages are wanted; whoever
 * asks is registered, and any resource is known.
 *
 * @param format of the access tokens
 * @param path below which it is mounted, as in `/oidc`
 */
export async function startOidcProvider(
  format: TokenFormat,
  path = '',
  { pages = false }: { readonly pages?: boolean } = {},
): Promise<OidcProvider> {
  let provider: Provider;
  const server = createServer((request, response) => {
    // As Express mounts an application: that is how oidc-provider knows where it is.
    const url = request.url!.startsWith(`${path}/`) ? request.url!.slice(path.length) : '/nothing-is-here';
    Object.assign(request, { originalUrl: request.url, url });
    void (!pages && url.startsWith('/interaction/')
      ? agree(provider, request, response)
      : provider.callback()(request, response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}${path}`;
  const rotateKeys = async () => {
    provider = new Provider(issuer, { ...configuration(format, pages), jwks: { keys: [await newKey()] } });
  };
  await rotateKeys();
  const as = await discover(issuer);

  return {
    issuer,
    rotateKeys,
    tokenFor: (wanted) => authorize(as, wanted),
    revoke: async (token) =>
      oauth.processRevocationResponse(
        await oauth.revocationRequest(as, CLIENT, oauth.None(), token, OVER_HTTP),
      ),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function configuration(accessTokenFormat: TokenFormat, pages: boolean): Configuration {
  return {
    clients: [
      { ...CLIENT, redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none' },
      {
        client_id: RS_CREDENTIALS.id,
        client_secret: RS_CREDENTIALS.secret,
        redirect_uris: [],
        response_types: [],
        grant_types: [],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['openid', 'offline_access', 'user', 'profile'],
    ttl: { AccessToken: 600, Grant: 600, Interaction: 600, RefreshToken: 600, Session: 600 },
    cookies: { keys: ['a key of the tests'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    ...(!pages && {
      interactions: { url: (ctx, { uid }) => `${ctx.oidc.provider.issuer}/interaction/${uid}` },
    }),
    features: {
      devInteractions: { enabled: pages },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client) => client.clientId === RS_CREDENTIALS.id,
      },
      registration: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, audience) => {
          if (!URL.canParse(audience)) throw new errors.InvalidTarget();
          return { audience, scope: 'user profile', accessTokenFormat, accessTokenTTL: 600 };
        },
        useGrantedResource: () => true,
      },
    },
  };
}

/** The user's part: signs in, and agrees to what is asked. */
async function agree(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: USER } });
  }
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant =
    known ?? new provider.Grant({ accountId: session!.accountId, clientId: String(params['client_id']) });
  const { missingOIDCScope, missingResourceScopes } = prompt.details as {
    missingOIDCScope?: string[];
    missingResourceScopes?: Record<string, string[]>;
  };
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '));
  }
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

/**
 * The user's browser, from where a client sends it.
 *
 * @returns the redirect to the client, not yet followed
 */
export async function signInAtOidcProvider(authorizationUrl: URL): Promise<URL> {
  const { left, html } = await createBrowser(fetch, authorizationUrl.origin).visit(authorizationUrl);
  if (!left) throw new Error(`oidc-provider sent no redirect, but:\n${html}`);
  return left;
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
}

/** By plain http, since all is on this machine. */
const OVER_HTTP = { [oauth.allowInsecureRequests]: true };

async function discover(issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(
    url,
    await oauth.discoveryRequest(url, { algorithm: 'oidc', ...OVER_HTTP }),
  );
}

async function authorize(as: oauth.AuthorizationServer, { resource, scope }: Wanted): Promise<string> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(as.authorization_endpoint!);
  url.search = new URLSearchParams({
    response_type: 'code',
    ...CLIENT,
    redirect_uri: REDIRECT_URI,
    scope,
    state,
    resource,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const answer = oauth.validateAuthResponse(as, CLIENT, await signInAtOidcProvider(url), state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    CLIENT,
    oauth.None(),
    answer,
    REDIRECT_URI,
    verifier,
    { additionalParameters: { resource }, ...OVER_HTTP },
  );
  return (await oauth.processAuthorizationCodeResponse(as, CLIENT, response)).access_token;
}
