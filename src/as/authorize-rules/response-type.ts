import { OAuthError } from '../../shared/oauth/errors.js';
import type { RuleInput } from './input.js';

/**
 * `response_type` is there, is one that is served, and one that the client is registered for.
 *
 * @throws OAuthError `invalid_request`, `unsupported_response_type`, `unauthorized_client`
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4.1.1 OAuth 2.1 §4.1.1}
 */
export function checkResponseType({ parameters, client, services }: RuleInput): void {
  const asked = parameters.get('response_type');
  if (asked === undefined) {
    throw new OAuthError('invalid_request', 'response_type is missing', { reason: 'response_type_missing' });
  }
  if (!services.capabilities.responseTypes.includes(asked)) {
    throw new OAuthError('unsupported_response_type', 'response_type must be code', {
      reason: 'response_type_not_supported',
    });
  }
  const { response_types, grant_types } = client.metadata;
  if (!response_types.includes(asked) || !grant_types.includes('authorization_code')) {
    throw new OAuthError('unauthorized_client', 'this client is not registered for the code flow', {
      reason: 'grant_type_not_registered',
    });
  }
}
