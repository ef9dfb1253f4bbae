import { fingerprint, hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import { claimsOf, type Issue, type TokenResponse } from './issue.js';

/** So long ago, in seconds, has a void token ended that no verifier's tolerance for other clocks lets it pass. */
const VOID_SINCE_SECONDS = 24 * 3600;

/**
 * The least life that the answer tells of, in seconds. VS Code throws a token away unused that has less than five
 * minutes left and no refresh token, and then nobody would tell it that the token is void.
 */
const LEAST_TOLD_SECONDS = 600;

/**
 * Issues an access token that is void from the start: the MCP server answers it with 401 `invalid_token`, and a client
 * that heeds this drops token and client_id, and registers. There is no record of it as a good one, so introspection
 * calls it inactive, and a JWT says itself that it ended a day ago. To the client it looks like any other, but for the
 * refresh token, with which it could mend it. The grant ends here, as nothing comes of it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750 §3.1}
 */
export async function issueVoidToken(services: Services, issue: Issue): Promise<TokenResponse> {
  const { accessTokens, config, store, clock, emit } = services;
  const { client_id } = issue.client;
  const claims = claimsOf(services, issue);
  const exp = clock.now() - VOID_SINCE_SECONDS;
  const token = await accessTokens.mint({ ...claims, iat: exp - config.accessTokenSeconds, exp });
  const expires_in = Math.max(config.accessTokenSeconds, LEAST_TOLD_SECONDS);
  await store.take('grant', issue.grant_id);
  await store.put('void_token', hashSecret(token), { client_id }, clock.now() + expires_in);
  emit(
    { kind: 'client.told_to_register', client_id, way: 'void_token', token: fingerprint(token) },
    'warning',
  );
  return { access_token: token, token_type: 'Bearer', expires_in, scope: issue.access.scope };
}
