import type { RegistrationRoute } from '../../shared/oauth/routes.js';
import { formatScope } from '../../shared/oauth/scope.js';
import { fingerprint, hashSecret } from '../../shared/secret.js';
import { OFFLINE_ACCESS } from '../capabilities.js';
import type { Services } from '../services.js';
import type { AuthorizationRequest, ClientRecord } from '../store/records.js';
import type { AccessTokenClaims } from './access-token-format.js';
import { newSecret } from './opaque.js';

/** 128 bits, so that no two tokens have the same `jti`. */
const JTI_BYTES = 16;

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 RFC 6749 §5.1} */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
  readonly refresh_token?: string;
}

/**
 * Writes down what the user allowed, and issues the code for it. The grant comes first: a code without a grant would be
 * worthless, a grant without a code does no harm.
 *
 * @returns the code
 */
export async function issueCode(
  services: Services,
  client: ClientRecord,
  request: AuthorizationRequest,
  sub: string,
): Promise<string> {
  const { config, store, clock, random } = services;
  const now = clock.now();
  const { client_id, scope, resource } = request;
  const grant_id = random.token(16);
  const code = newSecret(random);
  const code_expires_at = now + config.codeSeconds;
  const { client_name } = client.metadata;
  await store.put(
    'grant',
    grant_id,
    {
      client_id,
      sub,
      scope,
      resource,
      created_at: now,
      ...(client_name !== undefined && { client_name }),
      redirect_uri: request.redirect_uri,
    },
    // Redeeming the code prolongs it: what no client ever picks up is not kept for weeks.
    code_expires_at,
  );
  const grant_expires_at = code_expires_at + grantSeconds(services, client);
  const { code_challenge } = request;
  const issued = { grant_id, client_id, expires_at: code_expires_at, code_challenge };
  await store.put('issued', code.id, issued, grant_expires_at);
  await store.put(
    'authorization_code',
    code.id,
    {
      grant_id,
      client_id,
      redirect_uri: request.redirect_uri,
      redirect_uri_sent: request.redirect_uri_sent,
      code_challenge: request.code_challenge,
      sub,
      scope,
      resource,
    },
    code_expires_at,
  );
  return code.secret;
}

/** How long a grant outlives the last use of what was issued from it, in seconds. */
export function grantSeconds(
  services: Pick<Services, 'config' | 'capabilities'>,
  client: ClientRecord,
): number {
  const { config } = services;
  return mayRefresh(services, client)
    ? Math.max(config.accessTokenSeconds, config.refreshTokenSeconds)
    : config.accessTokenSeconds;
}

/** Whether a client gets refresh tokens: if they are served, and it is registered for them. */
export function mayRefresh({ capabilities }: Pick<Services, 'capabilities'>, client: ClientRecord): boolean {
  return (
    capabilities.grantTypes.includes('refresh_token') && client.metadata.grant_types.includes('refresh_token')
  );
}

/** What tokens are issued for. */
export interface Issue {
  readonly grant_type: string;
  readonly grant_id: string;
  readonly client: ClientRecord;
  readonly sub: string;
  /** what the user allowed; a new refresh token is for all of it, and where no user was asked there is none */
  readonly granted?: { readonly scope: string; readonly resource: readonly string[] };
  /** what the access token is for: all of that, or less */
  readonly access: { readonly scope: string; readonly resource: readonly string[] };
  /** hash of the refresh token that was exchanged, if it may be presented once more */
  readonly predecessor?: string;
  /** of the audience, what is not configured here; demo mode lets it pass, with a warning */
  readonly unknown_resource?: readonly string[];
  readonly route: RegistrationRoute;
  /** codes redeemed with this client_id so far */
  readonly flows: number;
}

/**
 * Issues an access token and, where the client's grant types allow it, a refresh token. The record comes before the
 * answer: a token that nobody knows of would be void.
 */
export async function issueTokens(services: Services, issue: Issue): Promise<TokenResponse> {
  const { accessTokens, store } = services;
  const claims = claimsOf(services, issue);
  const token = await accessTokens.mint(claims);
  const record = { grant_id: issue.grant_id, ...claims };
  await store.put('access_token', hashSecret(token), record, claims.exp);
  const refresh_token = await issueRefreshToken(services, issue);
  tellIssued(services, issue, claims, { token, refresh_token: refresh_token !== undefined });
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: claims.exp - claims.iat,
    scope: issue.access.scope,
    ...(refresh_token !== undefined && { refresh_token }),
  };
}

/**
 * What the access token says: for whom, for what, for how long. `offline_access` is a matter between client and
 * authorization server, and means nothing to a resource.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3 RFC 9068 §2.2.3}
 */
export function claimsOf({ config, capabilities, clock, random }: Services, issue: Issue): AccessTokenClaims {
  const { scope, resource } = issue.access;
  const iat = clock.now();
  return {
    client_id: issue.client.client_id,
    sub: issue.sub,
    scope: formatScope(scope.split(' ').filter((one) => one !== OFFLINE_ACCESS)),
    aud: resource.length > 0 ? resource : capabilities.defaultAudience,
    iat,
    exp: iat + config.accessTokenSeconds,
    jti: random.token(JTI_BYTES),
  };
}

function tellIssued(
  { emit }: Services,
  { grant_type, client, route, flows, access, unknown_resource = [] }: Issue,
  { sub, aud, iat, exp }: AccessTokenClaims,
  { token, ...rest }: { readonly token: string; readonly refresh_token: boolean },
): void {
  emit(
    {
      kind: 'token.issued',
      grant_type,
      client_id: client.client_id,
      route,
      sub,
      scope: access.scope,
      aud,
      ...(unknown_resource.length > 0 && { unknown_resource }),
      expires_in: exp - iat,
      token: fingerprint(token),
      ...rest,
      flows,
    },
    unknown_resource.length > 0 ? 'warning' : 'info',
  );
}

async function issueRefreshToken(services: Services, issue: Issue): Promise<string | undefined> {
  const { config, store, clock, random } = services;
  const { client, grant_id, sub, granted, route, predecessor } = issue;
  if (granted === undefined || !mayRefresh(services, client)) return undefined;
  const { client_id } = client;
  const expires_at = clock.now() + config.refreshTokenSeconds;
  const { secret, id } = newSecret(random);
  await store.put('issued', id, { grant_id, client_id, expires_at }, expires_at);
  await store.put(
    'refresh_token',
    id,
    { grant_id, client_id, sub, ...granted, route, ...(predecessor !== undefined && { predecessor }) },
    expires_at,
  );
  return secret;
}
