import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { formatScope, parseScope } from '../../shared/oauth/scope.js';
import type { Capabilities } from '../capabilities.js';
import type { Services } from '../services.js';
import type { ClientMetadata, ClientRecord } from '../store/records.js';
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
  { capabilities }: Pick<Services, 'config' | 'capabilities'>,
): AcceptedRegistration {
  const asked = parseMetadata(body);
  const { redirect_uris } = asked;
  if (!redirect_uris) {
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris: is required for authorization_code', {
      reason: 'redirect_uris_missing',
    });
  }
  const method = asked.token_endpoint_auth_method ?? 'client_secret_basic';
  if (!capabilities.clientAuthenticationMethods.includes(method)) {
    throw invalidMetadata(
      `token_endpoint_auth_method: must be one of ${capabilities.clientAuthenticationMethods.join(', ')}`,
      'auth_method_not_supported',
    );
  }
  const fault = keysFault(asked);
  if (fault !== undefined) throw invalidMetadata(fault, 'client_keys_missing');
  const grants = served(
    asked.grant_types ?? ['authorization_code'],
    registrableGrantTypes(capabilities, method),
  );
  if (!grants.kept.includes('authorization_code')) {
    throw invalidMetadata('grant_types: authorization_code must be among them', 'grant_types_not_supported');
  }
  const responses = served(asked.response_types ?? ['code'], capabilities.responseTypes);
  if (responses.kept.length === 0) {
    throw invalidMetadata('response_types: only code is served', 'response_types_not_supported');
  }
  const scopes = served(parseScope(asked.scope ?? '') ?? [], capabilities.scopes);
  const { scope: _asked, ...rest } = asked;
  return {
    metadata: {
      ...rest,
      redirect_uris,
      token_endpoint_auth_method: method,
      grant_types: grants.kept,
      response_types: responses.kept,
      ...(scopes.kept.length > 0 && { scope: formatScope(scopes.kept) }),
    },
    dropped: [...grants.dropped, ...responses.dropped, ...scopes.dropped],
  };
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
function served(asked: readonly string[], supported: readonly string[]) {
  const all = [...new Set(asked)];
  return {
    kept: all.filter((value) => supported.includes(value)),
    dropped: all.filter((value) => !supported.includes(value)),
  };
}
