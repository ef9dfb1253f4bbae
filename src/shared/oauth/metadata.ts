import * as z from 'zod';

const url = z.string().refine((value) => URL.canParse(value), 'is not a URL');

/**
 * Protected resource metadata as it comes from outside; unknown members are kept.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-2 RFC 9728 §2}
 */
export const protectedResourceMetadata = z.looseObject({
  resource: url,
  authorization_servers: z.array(url).optional(),
  scopes_supported: z.array(z.string()).optional(),
  bearer_methods_supported: z.array(z.string()).optional(),
  resource_name: z.string().optional(),
  resource_documentation: z.string().optional(),
});
/** Protected resource metadata that has been checked. */
export type ProtectedResourceMetadata = z.infer<typeof protectedResourceMetadata>;

/**
 * Authorization server metadata as it comes from outside; unknown members are kept.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export const authorizationServerMetadata = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: url.optional(),
  token_endpoint: url.optional(),
  registration_endpoint: url.optional(),
  introspection_endpoint: url.optional(),
  revocation_endpoint: url.optional(),
  jwks_uri: url.optional(),
  scopes_supported: z.array(z.string()).optional(),
  response_types_supported: z.array(z.string()).optional(),
  grant_types_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
  introspection_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
});
/** Authorization server metadata that has been checked. */
export type AuthorizationServerMetadata = z.infer<typeof authorizationServerMetadata>;
