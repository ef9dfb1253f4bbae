import type { AuthorizationServerMetadata } from '../../shared/oauth/metadata.js';
import type { SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';
import { ASSERTION_TYPE, signAssertion } from '../client-key/assertion.js';
import { type ClientKey, readClientKey } from '../client-key/client-key.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import type { FlowPlan } from '../plan.js';
import { SPEC, type SpecReference } from '../specification/spec.js';

/** How a client says at the token endpoint who it is. */
export type ClientAuthentication =
  | { readonly method: 'none' }
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | {
      readonly method: 'private_key_jwt';
      readonly clientKey: ClientKey;
      readonly algorithm: SignatureAlgorithm;
    };

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
 * The method for a client that the user brings: with its key if it has one, else with its secret.
 *
 * @param metadata of the authorization server; without `token_endpoint_auth_methods_supported` it takes Basic
 * @throws FlowFailure if the key can't sign in a way that is taken there
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export function chooseAuthentication(
  metadata: AuthorizationServerMetadata,
  { clientSecret, clientKey }: Pick<FlowPlan, 'clientSecret' | 'clientKey'>,
): ClientAuthentication {
  if (clientKey !== undefined) return withKey(metadata, clientKey);
  if (clientSecret === undefined) return { method: 'none' };
  const possible = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const post = !possible.includes('client_secret_basic') && possible.includes('client_secret_post');
  return { method: post ? 'client_secret_post' : 'client_secret_basic', secret: clientSecret };
}

function withKey(
  { token_endpoint_auth_signing_alg_values_supported: taken }: AuthorizationServerMetadata,
  text: string,
): ClientAuthentication {
  const read = readClientKey(text);
  if (!read.ok) throw new FlowFailure(`the key of the client ${read.why}`);
  const { clientKey } = read;
  const algorithm =
    taken === undefined
      ? clientKey.algorithms[0]
      : clientKey.algorithms.find((possible) => taken.includes(possible));
  if (algorithm === undefined) {
    throw new FlowFailure(
      `the key of the client signs with ${clientKey.algorithms.join(', ')}, and the authorization server takes` +
        ` ${taken?.join(', ') || 'nothing'} (token_endpoint_auth_signing_alg_values_supported); use a key of another kind`,
    );
  }
  return { method: 'private_key_jwt', clientKey, algorithm };
}

/** What is told of a method: why it is the one, and where that is written. */
const WHY: Readonly<
  Record<ClientAuthentication['method'], { readonly because: string; readonly spec: SpecReference }>
> = {
  none: {
    because: 'it is a public client; the code_verifier proves that it made the request',
    spec: SPEC.clientAuthentication,
  },
  client_secret_basic: {
    because: 'it has a secret, and the authorization server takes it this way',
    spec: SPEC.clientAuthentication,
  },
  client_secret_post: {
    because: 'it has a secret, and the authorization server takes it this way',
    spec: SPEC.clientAuthentication,
  },
  private_key_jwt: {
    because:
      'it has a key; what it signs is good for a minute, for one request, and for this issuer alone, and the key' +
      ' stays here',
    spec: SPEC.assertionAuthentication,
  },
};

/** Tells how the client says who it is. */
export function tellAuthentication(context: StepContext, authentication: ClientAuthentication): void {
  const { method } = authentication;
  const { because, spec } = WHY[method];
  const what =
    method === 'none'
      ? 'Names itself with client_id only'
      : method === 'private_key_jwt'
        ? `Authenticates with ${method}, signed with ${authentication.algorithm}`
        : `Authenticates with ${method}`;
  context.decide(what, because, spec);
}

/**
 * What one request to the token or revocation endpoint carries for it.
 *
 * @param issuer of the authorization server
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-2.2 RFC 7523 §2.2}
 */
export async function authenticationOf(
  { deps }: Pick<StepContext, 'deps'>,
  clientId: string,
  authentication: ClientAuthentication,
  issuer: string,
): Promise<{ readonly headers: Record<string, string>; readonly form: Record<string, string> }> {
  switch (authentication.method) {
    case 'none':
      return { headers: {}, form: { client_id: clientId } };
    case 'client_secret_post':
      return { headers: {}, form: { client_id: clientId, client_secret: authentication.secret } };
    case 'client_secret_basic': {
      const pair = `${formEncoded(clientId)}:${formEncoded(authentication.secret)}`;
      return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, form: {} };
    }
    case 'private_key_jwt': {
      const { clientKey, algorithm } = authentication;
      const assertion = await signAssertion(deps, { clientId, audience: issuer, clientKey, algorithm });
      return {
        headers: {},
        form: { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
      };
    }
  }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
