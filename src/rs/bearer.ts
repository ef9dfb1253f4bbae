import type { Emit } from '../shared/events/emitter.js';
import { errorResponse, OAuthError, toOAuthError, type RefusalReason } from '../shared/oauth/errors.js';
import { isSameResource } from '../shared/oauth/resource.js';
import { formatScope, missingScopes } from '../shared/oauth/scope.js';
import { buildBearerChallenge } from '../shared/oauth/www-authenticate.js';
import { fingerprint } from '../shared/secret.js';
import { readBearerToken } from '../shared/oauth/bearer-token.js';
import type { ResourceServerConfig } from './config/index.js';
import { resourceMetadataUrl } from './metadata.js';
import type { TokenVerifier, VerifiedToken } from './verifiers/token-verifier.js';

/** The decision on one request. */
export type BearerDecision =
  | { readonly allowed: true; readonly token: VerifiedToken }
  | { readonly allowed: false; readonly response: Response; readonly reason: RefusalReason };

/** Lets a request through with a good token, and answers any other. */
export type BearerGate = (request: Request) => Promise<BearerDecision>;

/**
 * The rules of RFC 6750 for a protected resource, with the members that MCP adds to the challenge.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750 §3}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-5.1 RFC 9728 §5.1}
 */
export function createBearerGate(
  config: Pick<ResourceServerConfig, 'resource' | 'requiredScopes' | 'oauthStrict'>,
  { verifier, emit }: { readonly verifier: TokenVerifier; readonly emit: Emit },
): BearerGate {
  const challenges = buildChallenges(config);

  function refuse(thrown: unknown, token?: string): BearerDecision {
    const error = challenges.on(toOAuthError(thrown));
    emit(
      {
        kind: 'bearer.challenged',
        status: error.status,
        error: error.error,
        reason: error.reason,
        ...(error.detail === undefined ? {} : { detail: error.detail }),
        ...(token === undefined ? {} : { token: fingerprint(token) }),
      },
      error.status >= 500 ? 'error' : 'warning',
    );
    return { allowed: false, response: errorResponse(error), reason: error.reason };
  }

  return async (request) => {
    const presented = readBearerToken(request);
    if (presented.kind === 'none') {
      emit({ kind: 'bearer.challenged', status: 401, reason: presented.reason });
      return { allowed: false, response: challenges.withoutToken(), reason: presented.reason };
    }
    if (presented.kind === 'malformed') {
      return refuse(new OAuthError('invalid_request', presented.description, { reason: presented.reason }));
    }
    try {
      const token = await verifier.verify(presented.token);
      checkAudience(config, token, emit);
      checkScope(config.requiredScopes, token);
      return { allowed: true, token };
    } catch (thrown) {
      return refuse(thrown, presented.token);
    }
  };
}

/** The challenges; what is the same for all requests is written once. */
function buildChallenges({
  resource,
  requiredScopes,
}: Pick<ResourceServerConfig, 'resource' | 'requiredScopes'>) {
  const scope = requiredScopes.length > 0 ? formatScope(requiredScopes) : undefined;
  const metadata = { resource_metadata: resourceMetadataUrl(resource), scope };
  const plainHeaders = {
    'www-authenticate': buildBearerChallenge(metadata),
    'content-type': 'application/json',
    'cache-control': 'no-store',
  };
  // Without a token there is no error to name (RFC 6750 §3.1); the text is for a person with curl.
  const plainBody = JSON.stringify({
    error_description: 'an access token is needed; resource_metadata says where to get one',
    resource_metadata: metadata.resource_metadata,
  });
  return {
    withoutToken: () => new Response(plainBody, { status: 401, headers: plainHeaders }),
    /** The same error, with a challenge where its status asks for one. */
    on(error: OAuthError): OAuthError {
      if (error.status >= 500) return error;
      const challenge = buildBearerChallenge({
        error: error.error,
        error_description: error.description,
        ...metadata,
      });
      return new OAuthError(error.error, error.description, {
        status: error.status,
        reason: error.reason,
        ...(error.detail === undefined ? {} : { detail: error.detail }),
        headers: { ...error.headers, 'www-authenticate': challenge },
      });
    },
  };
}

/**
 * Whether the token was issued for this server. Lax by default, as in the walkthrough: then a token for another
 * resource passes, and the log warns.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2 RFC 8707 §2}
 * @throws OAuthError `invalid_token`
 */
function checkAudience(
  { resource, oauthStrict }: Pick<ResourceServerConfig, 'resource' | 'oauthStrict'>,
  token: VerifiedToken,
  emit: Emit,
): void {
  const same = token.aud.some((audience) => isSameResource(audience, resource));
  emit(
    {
      kind: 'resource.compared',
      ...(token.client_id === undefined ? {} : { client_id: token.client_id }),
      requested: token.aud,
      configured: resource,
      same,
      strict: oauthStrict,
    },
    same ? 'info' : 'warning',
  );
  if (!same && oauthStrict) {
    throw new OAuthError('invalid_token', 'the access token was issued for another resource', {
      reason: 'audience_mismatch',
      detail: `aud is ${token.aud.join(', ') || 'empty'}`,
    });
  }
}

/**
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750 §3.1}
 * @throws OAuthError `insufficient_scope`
 */
function checkScope(required: readonly string[], token: VerifiedToken): void {
  const missing = missingScopes(required, token.scope);
  if (missing.length === 0) return;
  throw new OAuthError('insufficient_scope', `the access token lacks the scope ${formatScope(missing)}`, {
    reason: 'scope_missing',
    detail: `the token has ${formatScope(token.scope) || 'no scope'}`,
  });
}
