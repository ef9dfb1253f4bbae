import { randomBytes } from 'node:crypto';

/** Nothing listens there: the tests read the redirect instead of following it. */
const REDIRECT_URI = 'http://127.0.0.1:41999/callback';

/** What both SDKs ask of a client that keeps its credentials in memory; the types of these differ between the two. */
export function inMemoryProvider<
  Client extends { client_id: string },
  Tokens extends { access_token: string; refresh_token?: string | undefined },
  Discovery,
>(preset?: Client) {
  let client = preset;
  let tokens: Tokens | undefined;
  let verifier: string | undefined;
  let discovery: Discovery | undefined;
  let authorizationUrl: URL | undefined;
  const state = randomBytes(16).toString('base64');
  return {
    redirectUrl: REDIRECT_URI,
    clientMetadata: {
      client_name: 'Interoperability test',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => state,
    clientInformation: () => client,
    saveClientInformation: (saved: Client) => void (client = saved),
    tokens: () => tokens,
    saveTokens: (saved: Tokens) => void (tokens = saved),
    saveCodeVerifier: (saved: string) => void (verifier = saved),
    saveDiscoveryState: (saved: Discovery) => void (discovery = saved),
    discoveryState: () => discovery,
    codeVerifier: () => existing(verifier, 'code verifier'),
    redirectToAuthorization: (url: URL) => void (authorizationUrl = url),

    /** Where the user is to be sent. */
    authorizationUrl: () => existing(authorizationUrl, 'authorization URL'),
    /** Signs out, as a user would: the registration stays. */
    forgetTokens: () => void (tokens = undefined),
    /** Drops everything, as a client does that heeds `invalid_client`. */
    forgetAll: () => void ((tokens = undefined), (client = undefined)),
    /** Makes the access token one that the server does not know; the refresh token stays. */
    spoilAccessToken: () => void (tokens = { ...existing(tokens, 'token'), access_token: 'spoilt' }),
  };
}

function existing<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what} yet`);
  return value;
}
