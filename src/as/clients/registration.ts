import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { forbiddenRedirectUri } from '../../shared/oauth/redirect-uri.js';
import { formatScope, parseScope } from '../../shared/oauth/scope.js';
import type { Capabilities } from '../capabilities.js';
import type { Services } from '../services.js';
import type { ClientMetadata, ClientRecord } from '../store/records.js';
import { jwksUriFault } from './jwks-uri.js';
import { keysFault } from './key-set.js';
import { CLIENT_METADATA, type RequestedClientMetadata, withoutEmptyMembers } from './client-metadata.js';

/** What a registration comes to: the metadata in force, and what was asked for and left out. */
export interface AcceptedRegistration {
  readonly metadata: ClientMetadata & { readonly redirect_uris: readonly string[] };
  readonly dropped: readonly string[];
}

/**
 * Decides on a registration. What is not served here is left out rather than refused, as real clients ask for more than
 * any server has; the answer tells what is in force.
 *
 * @param body the JSON object that was sent
 * @throws OAuthError `invalid_redirect_uri` or `invalid_client_metadata`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}
 */
export function acceptRegistration(
  body: Readonly<Record<string, unknown>>,
  { config, capabilities }: Pick<Services, 'config' | 'capabilities'>,
): AcceptedRegistration {
  const asked = parseMetadata(body);
  const method = asked.token_endpoint_auth_method ?? 'client_secret_basic';
  if (!capabilities.clientAuthenticationMethods.includes(method)) {
    throw invalidMetadata(
      `token_endpoint_auth_method: must be one of ${capabilities.clientAuthenticationMethods.join(', ')}`,
      'auth_method_not_supported',
    );
  }
  const fault = keysFault(asked) ?? unreadableKeys(asked, config, capabilities);
  if (fault !== undefined) throw invalidMetadata(fault, 'client_keys_missing');
  const { grants, responses } = flowsOf(asked, method, capabilities);
  const redirects = redirectsOf(asked, grants.kept, config.redirectSchemes);
  const scopes = served(parseScope(asked.scope ?? '') ?? [], capabilities.scopes);
  const { scope: _asked, ...rest } = asked;
  return {
    metadata: {
      ...rest,
      redirect_uris: redirects.kept,
      token_endpoint_auth_method: method,
      grant_types: grants.kept,
      response_types: responses.kept,
      ...(scopes.kept.length > 0 && { scope: formatScope(scopes.kept) }),
    },
    dropped: [...redirects.dropped, ...grants.dropped, ...responses.dropped, ...scopes.dropped],
  };
}

/** Only the keys of a client that is known by them are ever fetched. */
function unreadableKeys(
  { token_endpoint_auth_method, jwks_uri }: RequestedClientMetadata,
  config: Services['config'],
  { documents }: Capabilities,
): string | undefined {
  if (jwks_uri === undefined || token_endpoint_auth_method !== 'private_key_jwt') return undefined;
  const fault = documents ? jwksUriFault(jwks_uri, config, 'client') : 'is not read here; send jwks';
  return fault && `jwks_uri: ${fault}`;
}

/** What was asked for, parted into what is served here and what is left out. */
interface Served {
  readonly kept: readonly string[];
  readonly dropped: readonly string[];
}

/**
 * Grant types and response types belong together: `code` comes with authorization_code, and not without.
 *
 * @throws OAuthError `invalid_client_metadata` if nothing is left by which it could get a token
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2.1 RFC 7591 §2.1}
 */
function flowsOf(asked: RequestedClientMetadata, method: string, capabilities: Capabilities) {
  const possible = registrableGrantTypes(capabilities, method);
  const grants = served(asked.grant_types ?? ['authorization_code'], possible);
  if (!grants.kept.some((type) => type !== 'refresh_token')) {
    const needed = possible.filter((type) => type !== 'refresh_token').join(' or ');
    throw invalidMetadata(`grant_types: ${needed} must be among them`, 'grant_types_not_supported');
  }
  const redirected = grants.kept.includes('authorization_code');
  const responses = served(
    asked.response_types ?? (redirected ? ['code'] : []),
    redirected ? capabilities.responseTypes : [],
  );
  if (redirected && responses.kept.length === 0) {
    throw invalidMetadata('response_types: only code is served', 'response_types_not_supported');
  }
  return { grants, responses };
}

/**
 * A redirect URI that is not allowed here is left out as long as another one remains: some clients register all they
 * have for all their platforms at once.
 *
 * @throws OAuthError `invalid_redirect_uri` if none remains, and the client needs one
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}
 */
function redirectsOf(
  { redirect_uris: asked = [] }: RequestedClientMetadata,
  grants: readonly string[],
  schemes: readonly string[],
): Served {
  const [first] = asked;
  const allowed = asked.filter((uri) => forbiddenRedirectUri(uri, schemes) === undefined);
  if (allowed.length > 0 || !grants.includes('authorization_code')) return served(asked, allowed);
  if (first === undefined) {
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris: is required for authorization_code', {
      reason: 'redirect_uris_missing',
    });
  }
  throw new OAuthError('invalid_redirect_uri', `redirect_uris[0]: ${forbiddenRedirectUri(first, schemes)}`, {
    reason: 'redirect_uri_invalid',
  });
}

/** What is told of a registration, when it is made and when it is updated. */
export function registrationFacts({ client_id, metadata }: ClientRecord, dropped: readonly string[]) {
  const { client_name, redirect_uris = [], token_endpoint_auth_method, application_type } = metadata;
  return {
    client_id,
    ...(client_name !== undefined && { client_name }),
    redirect_uris,
    token_endpoint_auth_method,
    ...(application_type !== undefined && { application_type }),
    dropped,
  };
}

/** A public client has nothing to show for itself, so it acts for users only. */
function registrableGrantTypes({ registrableGrantTypes }: Capabilities, method: string): readonly string[] {
  return registrableGrantTypes.filter((grant) => grant !== 'client_credentials' || method !== 'none');
}

function parseMetadata(body: Readonly<Record<string, unknown>>): RequestedClientMetadata {
  const result = CLIENT_METADATA.safeParse(withoutEmptyMembers(body));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const [member, index] = issue?.path ?? [];
  const text = `${String(member)}${typeof index === 'number' ? `[${index}]` : ''}: ${issue?.message ?? 'is not valid'}`;
  if (member !== 'redirect_uris') throw invalidMetadata(text, 'client_metadata_invalid');
  throw new OAuthError('invalid_redirect_uri', text, { reason: 'redirect_uri_invalid' });
}

function invalidMetadata(description: string, reason: RefusalReason): OAuthError {
  return new OAuthError('invalid_client_metadata', description, { reason });
}

/** Parts what was asked for into what is served here and what is not. */
function served(asked: readonly string[], supported: readonly string[]): Served {
  const all = [...new Set(asked)];
  return {
    kept: all.filter((value) => supported.includes(value)),
    dropped: all.filter((value) => !supported.includes(value)),
  };
}
