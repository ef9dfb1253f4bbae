import { FlowFailure } from '../failure.js';

/** How a client says at the token endpoint who it is. */
export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string };

/**
 * The method that a registration settled on.
 *
 * @throws FlowFailure if this client can't do it
 */
export function clientAuthentication(method: string, secret: string | undefined): ClientAuthentication {
  if (method === 'none') return { method };
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') {
    throw new FlowFailure(`the client is registered for ${method}, which this client can't do`);
  }
  if (secret === undefined) {
    throw new FlowFailure(`the client is registered for ${method}, and no client_secret came with it`);
  }
  return { method, secret };
}

/**
 * The method for a client that the user brings.
 *
 * @param supported `token_endpoint_auth_methods_supported`; absent means Basic
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export function chooseAuthentication(
  supported: readonly string[] | undefined,
  secret: string | undefined,
): ClientAuthentication {
  if (secret === undefined) return { method: 'none' };
  const possible = supported ?? ['client_secret_basic'];
  const post = !possible.includes('client_secret_basic') && possible.includes('client_secret_post');
  return { method: post ? 'client_secret_post' : 'client_secret_basic', secret };
}

/**
 * What a token request carries for it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1}
 */
export function authenticationOf(
  clientId: string,
  authentication: ClientAuthentication,
): { readonly headers: Record<string, string>; readonly form: Record<string, string> } {
  if (authentication.method === 'none') return { headers: {}, form: { client_id: clientId } };
  if (authentication.method === 'client_secret_post') {
    return { headers: {}, form: { client_id: clientId, client_secret: authentication.secret } };
  }
  const pair = `${formEncoded(clientId)}:${formEncoded(authentication.secret)}`;
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, form: {} };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
