import type { Emit } from '../shared/events/emitter.js';
import { errorResponse, OAuthError, toOAuthError, type RefusalReason } from '../shared/oauth/errors.js';
import type { WithoutTokenReason } from '../shared/oauth/bearer-token.js';
import { formatScope } from '../shared/oauth/scope.js';
import { buildBearerChallenge } from '../shared/oauth/www-authenticate.js';
import type { ResourceServerConfig } from './config/index.js';
import { resourceMetadataUrl } from './metadata.js';
import type { ScopeLack } from './scopes/scope-check.js';
import type { VerifiedToken } from './verifiers/token-verifier.js';

/** A request that was not let through: its answer, and the stable reason code. */
export interface Refusal {
  readonly response: Response;
  readonly reason: RefusalReason;
}

/** Without a token there is no error to name (RFC 6750 §3.1), so these are for a person with curl. */
const WITHOUT_TOKEN: Record<WithoutTokenReason, string> = {
  token_missing: 'an access token is needed; resource_metadata says where to get one',
  token_in_query:
    'a token in the query is not accepted; send it in the header: Authorization: Bearer <token>',
  token_in_body: 'a token in the body is not accepted; send it in the header: Authorization: Bearer <token>',
  other_scheme: 'another scheme than Bearer is not accepted; send the header Authorization: Bearer <token>',
};

/** Writes the answers that tell a client to get a token, another one or a better one, and tells the log of each. */
export interface Challenges {
  withoutToken(reason: WithoutTokenReason): Refusal;
  /** @param token fingerprint of the token that was presented, if one could be read */
  refused(thrown: unknown, token?: string): Refusal;
  insufficientScope(lack: ScopeLack, token: VerifiedToken): Refusal;
  /**
   * Tells somebody to wait. There is no challenge, as another token would not help, and no event, as there is no end of
   * them: one tells of the first.
   */
  tooMany(error: OAuthError): Refusal;
}

/**
 * Creates the challenges of a resource; what is the same for all requests is written once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750 §3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-5.1 RFC 9728 §5.1}
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#scope-challenge-handling MCP authorization, scope challenges}
 */
export function createChallenges(
  { resource, requiredScopes }: Pick<ResourceServerConfig, 'resource' | 'requiredScopes'>,
  emit: Emit,
): Challenges {
  const resourceMetadata = resourceMetadataUrl(resource);
  const challenge = (parameters: Readonly<Record<string, string>>, scopes: readonly string[]): string =>
    buildBearerChallenge({
      ...parameters,
      resource_metadata: resourceMetadata,
      scope: scopes.length > 0 ? formatScope(scopes) : undefined,
    });
  const plainHeaders = {
    'www-authenticate': challenge({}, requiredScopes),
    'cache-control': 'no-store',
  };

  function answer(error: OAuthError, token: string | undefined, lack?: ScopeLack): Refusal {
    emit(
      {
        kind: 'bearer.challenged',
        status: error.status,
        error: error.error,
        reason: error.reason,
        ...(error.detail === undefined ? {} : { detail: error.detail }),
        ...(token === undefined ? {} : { token }),
        ...lack,
      },
      error.status >= 500 ? 'error' : 'warning',
    );
    const { error: code, description: error_description, status } = error;
    const response = errorResponse(error);
    // Against a fault of ours, or of the authorization server, another token would not help.
    if (status < 500) {
      const parameters = { error: code, error_description };
      response.headers.set('www-authenticate', challenge(parameters, lack?.needed ?? requiredScopes));
    }
    return { response, reason: error.reason };
  }

  return {
    withoutToken(reason) {
      emit({ kind: 'bearer.challenged', status: 401, reason });
      const text = { error_description: WITHOUT_TOKEN[reason], resource_metadata: resourceMetadata };
      return { response: Response.json(text, { status: 401, headers: plainHeaders }), reason };
    },
    refused: (thrown, token) => answer(toOAuthError(thrown), token),
    tooMany: (error) => ({ response: errorResponse(error), reason: error.reason }),
    insufficientScope: (lack, token) => answer(insufficientScope(lack, token), token.fingerprint, lack),
  };
}

/**
 * The error for a token that lacks scopes. It says what to ask for: all that this operation needs, so that one more
 * round through the authorization server is enough.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750 §3.1}
 */
function insufficientScope({ tools, needed, missing }: ScopeLack, { scope }: VerifiedToken): OAuthError {
  const lacks = `the access token lacks the scope ${formatScope(missing)}`;
  const remedy = `authorize again with the scope ${formatScope(needed)}`;
  return new OAuthError(
    'insufficient_scope',
    tools.length === 0 ? `${lacks}; ${remedy}` : `${lacks} for ${tools.join(' and ')}; ${remedy}`,
    {
      reason: tools.length === 0 ? 'scope_missing' : 'tool_scope_missing',
      detail: scope.length === 0 ? 'the token has none' : `the token has "${formatScope(scope)}"`,
    },
  );
}
