import type { AuthorizationServerMetadata } from '../../shared/oauth/metadata.js';
import { isSameResource } from '../../shared/oauth/resource.js';
import type { StepCheck } from '../context.js';
import { checked, cut, emptyMembers, isSecureUrl, memberEvidence } from './checked.js';

/** What the metadata is held against. */
export interface MetadataCircumstances {
  /** what a token will be asked for */
  readonly resource: string;
  /** whether the document is that of OpenID Connect Discovery, which asks for less than RFC 8414 */
  readonly isOpenId: boolean;
}

/** What the metadata of an authorization server settles, beside the issuer. */
export function checkAuthorizationServerMetadata(
  metadata: AuthorizationServerMetadata,
  { resource, isOpenId }: MetadataCircumstances,
): readonly StepCheck[] {
  return [
    checkEmpty(metadata),
    ...checkEndpoints(metadata),
    ...checkGrants(metadata),
    ...checkPkce(metadata.code_challenge_methods_supported),
    checked(
      'as.iss-advertised',
      metadata.authorization_response_iss_parameter_supported === true,
      memberEvidence(
        'authorization_response_iss_parameter_supported',
        metadata.authorization_response_iss_parameter_supported,
      ),
    ),
    ...checkClients(metadata),
    ...checkSigningAlgorithms(metadata, isOpenId),
    ...checkScopesAndResources(metadata, resource),
  ];
}

function checkEmpty(metadata: AuthorizationServerMetadata): StepCheck {
  const empty = emptyMembers(metadata);
  return checked(
    'as.metadata-no-empty',
    empty.length === 0,
    empty.length === 0 ? 'none' : cut(empty.join(', ')),
  );
}

/** The members that name an endpoint of the authorization server, or its keys. Other URLs lead people to pages. */
const URL_MEMBER = /_endpoint$|^jwks_uri$/;

/** Whether users are sent here: by default they are, and not where only clients get tokens in their own name. */
function sendsUsers({ grant_types_supported: grants }: AuthorizationServerMetadata): boolean {
  return grants?.some((grant) => grant === 'authorization_code' || grant === 'implicit') ?? true;
}

function checkEndpoints(metadata: AuthorizationServerMetadata): readonly StepCheck[] {
  const { authorization_endpoint: authorization, token_endpoint: token } = metadata;
  const named = Object.entries(metadata).filter(
    (entry): entry is [string, string] => URL_MEMBER.test(entry[0]) && typeof entry[1] === 'string',
  );
  const insecure = named.filter(([, url]) => !isSecureUrl(url));
  const withFragment = [authorization, token].filter((url) => url?.includes('#'));
  return [
    checked(
      'as.endpoints',
      token !== undefined && (authorization !== undefined || !sendsUsers(metadata)),
      `authorization_endpoint ${authorization ?? 'missing'}, token_endpoint ${token ?? 'missing'}`,
    ),
    checked(
      'as.endpoints-https',
      insecure.length === 0,
      cut((insecure.length > 0 ? insecure : named).map(([name, url]) => `${name} ${url}`).join(', ')),
    ),
    checked(
      'as.endpoints-no-fragment',
      withFragment.length === 0,
      withFragment.length === 0 ? 'none' : cut(withFragment.join(', ')),
    ),
  ];
}

function checkGrants(metadata: AuthorizationServerMetadata): readonly StepCheck[] {
  const {
    response_types_supported: responses,
    grant_types_supported: grants,
    response_modes_supported: modes,
  } = metadata;
  const tokenResponse = responses?.some((type) => type.split(' ').includes('token')) ?? false;
  const grantEvidence = memberEvidence('grant_types_supported', grants);
  return [
    checked(
      'as.response-types',
      sendsUsers(metadata) ? (responses?.includes('code') ?? false) : undefined,
      memberEvidence('response_types_supported', responses),
    ),
    checked(
      'as.response-modes',
      Array.isArray(modes) ? modes.includes('query') : undefined,
      memberEvidence('response_modes_supported', modes),
    ),
    checked('as.grant-types', grants?.includes('authorization_code'), grantEvidence),
    checked('as.no-implicit-grant', !tokenResponse, memberEvidence('response_types_supported', responses)),
    checked('as.no-password-grant', grants && !grants.includes('password'), grantEvidence),
  ];
}

function checkPkce(methods: readonly string[] | undefined): readonly StepCheck[] {
  const evidence = memberEvidence('code_challenge_methods_supported', methods);
  return [
    checked('as.pkce-s256', methods?.includes('S256') ?? false, evidence),
    checked('as.pkce-no-plain', methods && !methods.includes('plain'), evidence),
  ];
}

function checkClients(metadata: AuthorizationServerMetadata): readonly StepCheck[] {
  const methods = metadata.token_endpoint_auth_methods_supported;
  return [
    checked(
      'as.public-clients',
      methods?.includes('none') ?? false,
      `${memberEvidence('token_endpoint_auth_methods_supported', methods)}${methods ? '' : ', which means client_secret_basic'}`,
    ),
    checked(
      'as.cimd-advertised',
      metadata.client_id_metadata_document_supported === true,
      memberEvidence('client_id_metadata_document_supported', metadata.client_id_metadata_document_supported),
    ),
  ];
}

/** Each endpoint at which clients authenticate says by itself which signatures it takes. */
const AUTHENTICATING = [
  ['token_endpoint', 'as.token-signing-algs'],
  ['revocation_endpoint', 'as.revocation-signing-algs'],
  ['introspection_endpoint', 'as.introspection-signing-algs'],
] as const;

function checkSigningAlgorithms(
  metadata: AuthorizationServerMetadata,
  isOpenId: boolean,
): readonly StepCheck[] {
  const member = (name: string): readonly unknown[] | undefined => {
    const value = metadata[name];
    return Array.isArray(value) ? value : undefined;
  };
  const none = Object.keys(metadata).filter(
    (name) => name.endsWith('_auth_signing_alg_values_supported') && member(name)?.includes('none'),
  );
  return [
    ...AUTHENTICATING.map(([endpoint, id]) => {
      const methods = member(`${endpoint}_auth_methods_supported`);
      const algorithms = member(`${endpoint}_auth_signing_alg_values_supported`);
      const signs = methods?.some((method) => method === 'private_key_jwt' || method === 'client_secret_jwt');
      return checked(
        id,
        // OpenID Connect Discovery leaves the list to the server.
        signs && (!isOpenId || algorithms) ? algorithms !== undefined && algorithms.length > 0 : undefined,
        `${memberEvidence(`${endpoint}_auth_methods_supported`, methods)}, ${memberEvidence(`${endpoint}_auth_signing_alg_values_supported`, algorithms)}`,
      );
    }),
    checked(
      'as.signing-alg-none',
      none.length === 0,
      none.length === 0 ? 'none is nowhere' : none.join(', '),
    ),
  ];
}

function checkScopesAndResources(
  metadata: AuthorizationServerMetadata,
  resource: string,
): readonly StepCheck[] {
  const { scopes_supported: scopes, protected_resources: resources } = metadata;
  return [
    checked('as.scopes-supported', scopes !== undefined, memberEvidence('scopes_supported', scopes)),
    checked(
      'as.resource-listed',
      Array.isArray(resources)
        ? resources.some((listed) => typeof listed === 'string' && isSameResource(listed, resource))
        : undefined,
      `${memberEvidence('protected_resources', resources)}, resource ${resource}`,
    ),
  ];
}
