import type { AuthorizationServerMetadata } from '../../shared/oauth/metadata.js';
import type { StepCheck } from '../context.js';
import type { TokenFacts } from '../steps/token-request.js';
import { checked } from './checked.js';

type Metadata = Pick<
  AuthorizationServerMetadata,
  'grant_types_supported' | 'token_endpoint_auth_methods_supported'
>;

/** What the token endpoint takes where the metadata does not say. */
const DEFAULT_METHODS: readonly string[] = ['client_secret_basic'];

/** What is settled by a token that a client got with a method. */
export function checkAuthenticated(metadata: Metadata, method: string): readonly StepCheck[] {
  const methods = metadata.token_endpoint_auth_methods_supported ?? DEFAULT_METHODS;
  return [
    checked(
      'as.client-authentication-listed',
      methods.includes(method),
      `${method} was taken, token_endpoint_auth_methods_supported: ${listed(metadata.token_endpoint_auth_methods_supported)}`,
    ),
  ];
}

/** What a token settles that a client got in its own name. */
export function checkOwnToken(metadata: Metadata, { refreshToken }: TokenFacts): readonly StepCheck[] {
  const grants = metadata.grant_types_supported;
  const methods = metadata.token_endpoint_auth_methods_supported ?? DEFAULT_METHODS;
  return [
    checked(
      'as.client-credentials-listed',
      grants?.includes('client_credentials') ?? false,
      `grant_types_supported: ${listed(grants)}`,
    ),
    checked(
      'as.client-credentials-methods',
      methods.includes('private_key_jwt') || methods.includes('client_secret_basic'),
      `token_endpoint_auth_methods_supported: ${listed(metadata.token_endpoint_auth_methods_supported)}`,
    ),
    checked(
      'as.client-credentials-no-refresh',
      refreshToken === undefined,
      refreshToken === undefined ? 'no refresh token' : 'a refresh token came along',
    ),
  ];
}

function listed(values: readonly string[] | undefined): string {
  return values === undefined ? 'missing' : values.join(', ') || 'empty';
}
