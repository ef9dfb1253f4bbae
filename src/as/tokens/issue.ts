import type { RegistrationRoute } from '../../shared/oauth/routes.js';
import { fingerprint } from '../../shared/secret.js';
import type { Services } from '../services.js';
import type { AuthorizationRequest, ClientRecord } from '../store/records.js';
import { newSecret } from './opaque.js';

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
  { config, store, clock, random }: Services,
  client: ClientRecord,
  request: AuthorizationRequest,
  sub: string,
): Promise<string> {
  const now = clock.now();
  const { client_id, scope, resource } = request;
  const grant_id = random.token(16);
  const code = newSecret(random);
  const code_expires_at = now + config.codeSeconds;
  const grant_expires_at = code_expires_at + grantSeconds(config, client);
  await store.put('grant', grant_id, { client_id, sub, scope, resource, created_at: now }, grant_expires_at);
  await store.put('issued', code.id, { grant_id, client_id }, grant_expires_at);
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
export function grantSeconds(config: Services['config'], client: ClientRecord): number {
  return mayRefresh(client)
    ? Math.max(config.accessTokenSeconds, config.refreshTokenSeconds)
    : config.accessTokenSeconds;
}

function mayRefresh(client: ClientRecord): boolean {
  return client.metadata.grant_types.includes('refresh_token');
}

/** What tokens are issued for. */
export interface Issue {
  readonly grant_type: string;
  readonly grant_id: string;
  readonly client: ClientRecord;
  readonly sub: string;
  /** what the user allowed; a new refresh token is for all of it */
  readonly granted: { readonly scope: string; readonly resource: readonly string[] };
  /** what the access token is for: all of that, or less */
  readonly access: { readonly scope: string; readonly resource: readonly string[] };
  readonly route: RegistrationRoute;
  /** codes redeemed with this client_id so far */
  readonly flows: number;
}

/** Issues an access token and, where the client's grant types allow it, a refresh token. */
export async function issueTokens(services: Services, issue: Issue): Promise<TokenResponse> {
  const { config, store, clock, random, emit } = services;
  const { client, grant_id, sub, access } = issue;
  const now = clock.now();
  const token = newSecret(random);
  const expires_in = config.accessTokenSeconds;
  await store.put(
    'access_token',
    token.id,
    {
      grant_id,
      client_id: client.client_id,
      sub,
      scope: access.scope,
      aud: access.resource,
      iat: now,
      exp: now + expires_in,
    },
    now + expires_in,
  );
  const refresh_token = mayRefresh(client) ? await issueRefreshToken(services, issue) : undefined;
  emit({
    kind: 'token.issued',
    grant_type: issue.grant_type,
    client_id: client.client_id,
    route: issue.route,
    sub,
    scope: access.scope,
    aud: access.resource,
    expires_in,
    token: fingerprint(token.secret),
    refresh_token: refresh_token !== undefined,
    flows: issue.flows,
  });
  return {
    access_token: token.secret,
    token_type: 'Bearer',
    expires_in,
    scope: access.scope,
    ...(refresh_token !== undefined && { refresh_token }),
  };
}

async function issueRefreshToken(
  { config, store, clock, random }: Services,
  { client: { client_id }, grant_id, sub, granted, route }: Issue,
): Promise<string> {
  const expires_at = clock.now() + config.refreshTokenSeconds;
  const { secret, id } = newSecret(random);
  await store.put('issued', id, { grant_id, client_id }, expires_at);
  await store.put('refresh_token', id, { grant_id, client_id, sub, ...granted, route }, expires_at);
  return secret;
}
