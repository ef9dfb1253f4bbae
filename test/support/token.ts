import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { signIn } from '../interop/support/sign-in.js';

/**
 * A token of the demo user for any resource.
 *
 * @param issuer of an authorization server of ours, in demo mode
 * @param scope what to ask for; nothing by default
 */
export async function tokenFor(issuer: string, resource: string, scope?: string): Promise<string> {
  const response = await authorize(issuer, { resource, ...(scope === undefined ? {} : { scope }) });
  return response.access_token;
}

/**
 * The whole way of a client to a token response, with the demo user's consent.
 *
 * @param issuer of an authorization server of ours, in demo mode
 * @param asked what stands in the authorization request beside what always does
 */
export async function authorize(
  issuer: string,
  asked: Readonly<Record<string, string>> = {},
): Promise<{ readonly access_token: string; readonly scope: string }> {
  const redirect_uri = 'http://127.0.0.1:41999/callback';
  const code_verifier = 'a-verifier-of-the-tests-with-43-characters-or-more';
  const client_id = 'from-elsewhere';
  const query = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri,
    code_challenge: s256Challenge(code_verifier),
    code_challenge_method: 'S256',
    ...asked,
  });
  const code = (await signIn(`${issuer}/authorize?${query}`)).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', client_id, redirect_uri, code_verifier, code };
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  return (await response.json()) as { access_token: string; scope: string };
}
