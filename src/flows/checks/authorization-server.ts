import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { AuthorizationServerMetadata } from '../../shared/oauth/metadata.js';
import type { StepCheck } from '../context.js';
import { checked } from './checked.js';

/** What the metadata of an authorization server settles, beside the issuer. */
export function checkAuthorizationServerMetadata(
  metadata: AuthorizationServerMetadata,
): readonly StepCheck[] {
  const { authorization_endpoint, token_endpoint, registration_endpoint } = metadata;
  const endpoints = [authorization_endpoint, token_endpoint, registration_endpoint].filter(
    (url) => url !== undefined,
  );
  const methods = metadata.code_challenge_methods_supported;
  const responseTypes = metadata.response_types_supported;
  const iss = metadata.authorization_response_iss_parameter_supported;
  return [
    checked(
      'as.endpoints',
      authorization_endpoint !== undefined && token_endpoint !== undefined,
      `authorization_endpoint ${authorization_endpoint ?? 'missing'}, token_endpoint ${token_endpoint ?? 'missing'}`,
    ),
    checked('as.endpoints-https', endpoints.every(isSecure), endpoints.join(', ')),
    checked(
      'as.response-types',
      responseTypes?.includes('code') ?? false,
      `response_types_supported: ${JSON.stringify(responseTypes) ?? 'missing'}`,
    ),
    checked(
      'as.pkce-s256',
      methods?.includes('S256') ?? false,
      `code_challenge_methods_supported: ${JSON.stringify(methods) ?? 'missing'}`,
    ),
    checked(
      'as.iss-advertised',
      iss === true,
      `authorization_response_iss_parameter_supported: ${iss ?? 'missing'}`,
    ),
  ];
}

function isSecure(endpoint: string): boolean {
  const url = new URL(endpoint);
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}
