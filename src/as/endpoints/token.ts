import { type Parameters, readForm } from '../../shared/http/body.js';
import { OAuthError, toOAuthError } from '../../shared/oauth/errors.js';
import { claimedClientId } from '../clients/authentication/presented.js';
import { isDeleted } from '../clients/directory.js';
import type { AppContext, Endpoint } from '../front/app-env.js';
import { privateJson } from '../front/json.js';
import { GRANTS } from '../grants/index.js';
import { authenticateWithinLimits, limitClient } from '../limits/client-authentication.js';
import type { Services } from '../services.js';
import type { TokenResponse } from '../tokens/issue.js';

const REPEATABLE: ReadonlySet<string> = new Set(['resource']);

/**
 * The token endpoint: who calls, what for, and then the grant type's own handler.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-3.2 OAuth 2.1 §3.2}
 */
export function tokenEndpoint(services: Services): Endpoint {
  return async (c) => {
    let form: Parameters | undefined;
    try {
      form = await readForm(c.req.raw, REPEATABLE);
      await limitClient(services, c, form);
      return privateJson(await redeem(services, c, form));
    } catch (thrown) {
      c.set('told', true);
      tellRefusal(services, c, form, thrown);
      throw thrown;
    }
  };
}

async function redeem(services: Services, c: AppContext, form: Parameters): Promise<TokenResponse> {
  const client = await authenticateWithinLimits(services, c, form);
  const grantType = form.get('grant_type');
  if (grantType === undefined) {
    throw new OAuthError('invalid_request', 'grant_type is missing', { reason: 'grant_type_missing' });
  }
  const grant = services.capabilities.grantTypes.includes(grantType) ? GRANTS.get(grantType) : undefined;
  if (!grant) {
    throw new OAuthError(
      'unsupported_grant_type',
      `grant_type must be one of ${services.capabilities.grantTypes.join(', ')}`,
      { reason: 'grant_type_not_supported' },
    );
  }
  if (!client.metadata.grant_types.includes(grantType)) {
    throw new OAuthError('unauthorized_client', 'this client is not registered for this grant_type', {
      reason: 'grant_type_not_registered',
    });
  }
  const response = await grant(services, client, form);
  // It may have deleted itself, or been forgotten, while its request was under way: then nothing that was made for it leaves this server.
  if (await isDeleted(services, client.client_id)) {
    throw new OAuthError('invalid_client', 'this client is not known here any more', {
      reason: 'client_deleted',
    });
  }
  return response;
}

function tellRefusal({ emit }: Services, c: AppContext, form: Parameters | undefined, thrown: unknown): void {
  const { error, reason, description } = toOAuthError(thrown);
  // There is no end of those, and an event tells of the first.
  if (reason === 'rate_limited') return;
  const grantType = form?.get('grant_type');
  const clientId = form && claimedClientId(c.req.raw.headers.get('authorization'), form);
  emit(
    {
      kind: 'token.refused',
      ...(grantType !== undefined && { grant_type: grantType }),
      ...(clientId !== undefined && { client_id: clientId }),
      error,
      reason,
      description,
    },
    'warning',
  );
}
