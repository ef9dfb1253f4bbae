import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange/exchange.js';
import { checked, headerEvidence, isNoStore } from './checked.js';

/** The members of a registration response that rules speak of, as they came. */
export interface RegistrationMembers {
  readonly client_id?: unknown;
  readonly client_secret?: unknown;
  readonly client_secret_expires_at?: unknown;
  readonly client_id_issued_at?: unknown;
  readonly redirect_uris?: unknown;
  readonly token_endpoint_auth_method?: unknown;
  readonly registration_client_uri?: unknown;
  readonly registration_access_token?: unknown;
}

/** What the client had sent, and what it knew of the authorization server. */
export interface RegistrationAsked {
  /** undefined for a client that needs none */
  readonly redirectUri: string | undefined;
  /** as in the metadata */
  readonly authenticationMethods: readonly string[] | undefined;
}

/** What the answer to POST /register settles, if it was not an error. */
export function checkRegistration(
  response: HttpResponse,
  members: RegistrationMembers,
  asked: RegistrationAsked,
): readonly StepCheck[] {
  const hasId = typeof members.client_id === 'string' && members.client_id !== '';
  const hasSecret = typeof members.client_secret === 'string';
  return [
    ...checkMetadata(members, asked),
    checkManagement(members),
    checked(
      'as.registration-created',
      response.status === 201 && hasId,
      `${response.status}, client_id ${hasId ? 'present' : 'missing'}`,
    ),
    checked(
      'as.registration-secret-expiry',
      hasSecret ? typeof members.client_secret_expires_at === 'number' : undefined,
      hasSecret
        ? `client_secret_expires_at ${JSON.stringify(members.client_secret_expires_at) ?? 'missing'}`
        : 'no client_secret',
    ),
    checked(
      'as.registration-no-store',
      isNoStore(response.headers),
      headerEvidence(response.headers, 'cache-control'),
    ),
  ];
}

/** What of the registered metadata came back. */
function checkMetadata(
  members: RegistrationMembers,
  { redirectUri, authenticationMethods }: RegistrationAsked,
): readonly StepCheck[] {
  const { redirect_uris: uris, client_id_issued_at: issuedAt, token_endpoint_auth_method: method } = members;
  const listed = Array.isArray(uris) ? uris : undefined;
  return [
    checked(
      'as.registration-redirect-uris',
      redirectUri === undefined ? undefined : listed !== undefined,
      inJson('redirect_uris', uris),
    ),
    checked(
      'as.registration-redirect-uri-kept',
      redirectUri === undefined ? undefined : listed?.includes(redirectUri),
      `${redirectUri ?? 'none'} was sent; ${inJson('redirect_uris', uris)}`,
    ),
    checked(
      'as.registration-issued-at',
      issuedAt === undefined ? undefined : typeof issuedAt === 'number' && issuedAt >= 0,
      inJson('client_id_issued_at', issuedAt),
    ),
    checked(
      'as.registration-auth-method',
      typeof method === 'string' ? authenticationMethods?.includes(method) : undefined,
      `${inJson('token_endpoint_auth_method', method)}; the metadata lists ${authenticationMethods?.join(', ') ?? 'none'}`,
    ),
  ];
}

/** Whether the client can look after its registration, if it is told that it can. */
function checkManagement(members: RegistrationMembers): StepCheck {
  const { registration_client_uri: uri, registration_access_token: token } = members;
  const isOffered = uri !== undefined || token !== undefined;
  const isWhole = typeof uri === 'string' && URL.canParse(uri) && typeof token === 'string' && token !== '';
  return checked(
    'as.registration-management',
    isOffered ? isWhole : undefined,
    `${inJson('registration_client_uri', uri)}, registration_access_token ${token === undefined ? 'missing' : 'present'}`,
  );
}

function inJson(name: string, value: unknown): string {
  return value === undefined ? `no ${name}` : `${name} ${JSON.stringify(value)}`;
}
