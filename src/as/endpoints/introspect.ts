import { type Parameters, readForm } from '../../shared/http/body.js';
import { type Credentials, parseBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { isResourceIdentifier, isSameResource } from '../../shared/oauth/resource.js';
import { constantTimeEqual, fingerprint, hashSecret } from '../../shared/secret.js';
import type { AppContext, Endpoint } from '../front/app-env.js';
import { privateJson } from '../front/json.js';
import type { Services } from '../services.js';
import type { AccessTokenRecord } from '../store/records.js';

/**
 * Tells resource servers what a token is worth. Clients are not answered, whatever credentials they have, so that a
 * stolen token can't be tried out here.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 RFC 7662 §2}
 */
export function introspectEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form = await readForm(c.req.raw);
    const caller = await resourceServer(c, services, form);
    const token = form.get('token');
    if (token === undefined) {
      throw new OAuthError('invalid_request', 'token is missing', { reason: 'token_missing' });
    }
    const { record, reason, void_for } = await look(services, token, caller);
    services.emit({
      kind: 'token.introspected',
      ...(caller !== undefined && { caller }),
      token: fingerprint(token),
      active: record !== undefined,
      ...(reason !== undefined && { reason }),
      ...(void_for !== undefined && { client_id: void_for }),
      ...(record && { client_id: record.client_id, aud: record.aud, scope: record.scope }),
    });
    return privateJson(record ? describe(services.config.issuer, record) : { active: false });
  };
}

/**
 * Looks a token up; it is good only while the grant that it came from lives, and only where it may be used.
 *
 * @returns the record of a good one, else the reason, and whom it was issued to if it was issued void
 */
async function look(
  { store }: Services,
  token: string,
  caller: string | undefined,
): Promise<{ record?: AccessTokenRecord; reason?: RefusalReason; void_for?: string }> {
  const id = hashSecret(token);
  const record = await store.get('access_token', id);
  if (!record) {
    const issuedVoid = await store.get('void_token', id);
    return issuedVoid
      ? { reason: 'token_void_on_purpose', void_for: issuedVoid.client_id }
      : { reason: 'token_unknown_or_expired' };
  }
  if (!(await store.get('grant', record.grant_id))) return { reason: 'grant_revoked' };
  return mayBeUsedAt(caller, record.aud) ? { record } : { reason: 'token_for_other_resource' };
}

/**
 * Whether a token may be used at the resource server that asks. One whose id is a URL is the resource at that URL. What
 * the others serve is not known here; they compare `aud` themselves.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-4 RFC 7662 §4}
 */
function mayBeUsedAt(caller: string | undefined, aud: readonly string[]): boolean {
  if (caller === undefined || !isResourceIdentifier(caller) || aud.length === 0) return true;
  return aud.some((one) => isSameResource(one, caller));
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662 §2.2} */
function describe(issuer: string, { aud, ...record }: AccessTokenRecord) {
  return {
    active: true,
    iss: issuer,
    sub: record.sub,
    ...(aud.length > 0 && { aud: aud.length === 1 ? aud[0] : aud }),
    client_id: record.client_id,
    ...(record.scope !== '' && { scope: record.scope }),
    token_type: 'Bearer',
    iat: record.iat,
    exp: record.exp,
    jti: record.jti,
  };
}

/**
 * Whoever shows the right credentials is let through however often they ask, and whatever others do at their address.
 *
 * @returns the id of the resource server; undefined where anybody may ask
 */
async function resourceServer(
  c: AppContext,
  { config, emit, limits }: Services,
  form: Parameters,
): Promise<string | undefined> {
  const authorization = c.req.raw.headers.get('authorization');
  const presented = presentedCredentials(authorization, form);
  const known =
    presented &&
    config.rsCredentials.find(
      ({ id, secret }) => id === presented.id && constantTimeEqual(secret, presented.secret),
    );
  if (known) return known.id;
  if (config.openIntrospection && authorization === null && presented === undefined) return undefined;
  limits.check('introspection_failures', { peer: c.env.peer });
  await limits.failed('introspection_failures', { peer: c.env.peer });
  const reason = presented || authorization !== null ? 'rs_credentials_wrong' : 'rs_credentials_missing';
  c.set('told', true);
  emit({ kind: 'introspection.refused', reason }, 'warning');
  throw new OAuthError('invalid_client', 'introspection is for resource servers that are known here', {
    reason,
    headers: authorization === null ? {} : { 'www-authenticate': 'Basic realm="mcp-oauth-demo"' },
  });
}

function presentedCredentials(authorization: string | null, form: Parameters): Credentials | undefined {
  if (authorization !== null) return parseBasicCredentials(authorization);
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
