import type { VerifiedToken } from '../verifiers/token-verifier.js';
import { clientIdOf } from './principal.js';

/** What both SDKs carry from a request to the tool it calls. */
export interface AuthInfo {
  token: string;
  clientId: string;
  scopes: string[];
}

const tokens = new WeakMap<object, VerifiedToken>();

/**
 * What is known of a request's token, for an SDK to carry to the tool. The token itself stays outside: tools have no
 * business with it, so the SDK gets its fingerprint in its place.
 */
export function authInfoFor(token: VerifiedToken): AuthInfo {
  const info = { token: token.fingerprint, clientId: clientIdOf(token), scopes: [...token.scope] };
  tokens.set(info, token);
  return info;
}

/**
 * What is known of the token that came with a request.
 *
 * @param info the `authInfo` that the SDK hands to tools, prompts and resources, the very object
 * @throws Error if it is something else: nothing runs without a token
 */
export function verifiedTokenOf(info: object | undefined): VerifiedToken {
  const token = info && tokens.get(info);
  if (!token) throw new Error('an MCP request came to a tool without its token');
  return token;
}

/**
 * A request as MCP servers may see it: they hand its headers to tools, which have no business with the token.
 *
 * It has the very signal of the request that was received. One that follows it would be forgotten in Node together with
 * its Request, and whoever keeps that Request for as long as the signal lasts keeps both for ever: what ties the two
 * (a FinalizationRegistry of undici) holds the signal until the Request is gone.
 *
 * @param request whose body was read already
 */
export function withoutToken({ url, method, headers, signal }: Request): Request {
  const request = new Request(url, { method, headers });
  request.headers.delete('authorization');
  return Object.defineProperty(request, 'signal', { value: signal });
}
