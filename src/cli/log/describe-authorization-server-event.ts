import type { AuthorizationServerEvent } from '../../shared/events/authorization-server.js';
import type { ServerEvent } from '../../shared/events/events.js';
import type { RegistrationRoute, WayOfTelling } from '../../shared/oauth/routes.js';
import { listed } from './listed.js';
import { localDateTime } from './local-time.js';

/** How a client came by its id, said so that it answers "why did it (not) call /register?". */
const ROUTE_IN_WORDS: Record<RegistrationRoute, string> = {
  preset: 'route preset: its client_id is configured here, so it skipped /register',
  cimd: 'route cimd: its client_id is the URL of a metadata document, so it skipped /register',
  dcr: 'route dcr: it registered itself with POST /register',
  'dcr-reused':
    'route dcr-reused: it kept the client_id that POST /register once gave it, and skipped /register',
  adopted: 'route adopted: it brought a client_id that was not known here, and skipped /register',
  unknown: 'route unknown: it brought a client_id that is not known here',
};

/** What becomes of a client that was adopted. */
const ADOPTED_FOR: Readonly<Record<WayOfTelling | 'nothing', string>> = {
  nothing: 'as a public client, so it skipped /register',
  void_token: 'for one flow whose token is void, so that it registers again',
  http_200: 'for one flow whose code is refused, so that it registers again',
};

/** @returns undefined if the event is not one of the authorization server's */
export function describeAuthorizationServerEvent(event: ServerEvent): string | undefined {
  return (
    describeClientEvent(event) ??
    describeOwnerEvent(event) ??
    describeTokenEvent(event) ??
    describeKeyEvent(event) ??
    describeStoreEvent(event)
  );
}

function describeClientEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'as.metadata_read':
      return `discovery: metadata read at /.well-known/${event.document}`;
    case 'client.registered':
      return (
        `POST /register: client${quoted(event.client_name)} got client_id ${event.client_id} ` +
        describeRegistration(event)
      );
    case 'client.read':
      return `GET /register/${event.client_id}: the client looked at its registration`;
    case 'client.updated':
      return (
        `PUT /register/${event.client_id}: client${quoted(event.client_name)} replaced its registration ` +
        describeRegistration(event)
      );
    case 'client.deleted':
      return (
        `DELETE /register/${event.client_id}: the client deleted its registration` +
        (event.grants > 0
          ? `; the tokens of ${event.grants === 1 ? 'one sign-in are' : `${event.grants} sign-ins are`} void now`
          : '')
      );
    case 'client.registration_refused':
      return `POST /register refused: ${event.error}, ${event.description} (${event.reason})`;
    case 'client.document_read':
      return (
        `metadata document read: client "${event.client_name}" is ${event.client_id}` +
        ` (${event.token_endpoint_auth_method === 'none' ? 'public' : event.token_endpoint_auth_method},` +
        ` redirect URIs ${listed(event.redirect_uris)})` +
        (event.outside_the_draft
          ? '; plain http, as --cimd-allow-loopback lets it be, is outside the draft'
          : '')
      );
    case 'client.document_stale':
      return (
        `the host of the metadata document of client ${event.client_id} can't be asked (${event.reason});` +
        ` the document as it was read at ${new Date(event.read_at * 1000).toTimeString().slice(0, 8)} is used`
      );
    case 'client.adopted':
      return (
        `client ${event.client_id} was not known here and was adopted ${ADOPTED_FOR[event.to_be_told ?? 'nothing']}` +
        (event.looks_like ? ` (looks like ${event.looks_like})` : '')
      );
    case 'client.told_to_register':
      return describeTelling(event);
    default:
      return undefined;
  }
}

function describeTelling({
  client_id,
  way,
  token,
}: Extract<AuthorizationServerEvent, { kind: 'client.told_to_register' }>): string {
  const told =
    way === 'void_token'
      ? `got token ${token}…, which is void from the start: the MCP server answers it with 401`
      : 'had its code answered with invalid_client and HTTP 200, which RFC 6749 does not provide for';
  return `client ${client_id} ${told}, so that it drops its client_id and gets another one; this happens once for each client_id`;
}

function describeRegistration(
  event: Extract<AuthorizationServerEvent, { kind: 'client.registered' | 'client.updated' }>,
): string {
  const type = event.application_type ? `, ${event.application_type}` : '';
  const dropped = event.dropped.length > 0 ? `; not served here and left out: ${listed(event.dropped)}` : '';
  return (
    `(${event.token_endpoint_auth_method === 'none' ? 'public' : event.token_endpoint_auth_method}${type},` +
    ` redirect URIs ${listed(event.redirect_uris)})${dropped}`
  );
}

function quoted(name: string | undefined): string {
  return name ? ` "${name}"` : '';
}

function describeOwnerEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'authorization.requested':
      return (
        `authorization asked for by client ${event.client_id},` +
        ` scope ${event.scope || 'none'}, resource ${listed(event.resource)}` +
        `${event.resource_defaulted ? ' (not named in the request; the only known one was put in)' : ''},` +
        ` redirect URI ${event.redirect_uri}; ${ROUTE_IN_WORDS[event.route]}` +
        (event.unknown_resource
          ? `; no --resource of this server is ${listed(event.unknown_resource)}, which demo mode lets pass`
          : '')
      );
    case 'authorization.refused':
      return (
        `authorization refused${event.client_id ? ` to client ${event.client_id}` : ''}: ${event.error},` +
        ` ${event.description} (${event.reason}, told by ${event.shown})` +
        (event.route ? `; ${ROUTE_IN_WORDS[event.route]}` : '') +
        (event.route === 'cimd' ? '; with --registration=preset,dcr clients register instead' : '')
      );
    case 'login.succeeded':
      return `${event.sub} signed in${forClient(event)}${event.demo ? ' (demo: any password does)' : ''}`;
    case 'login.failed':
      return `sign-in failed${forClient(event)}: ${event.reason}, ${event.failures} in a row`;
    case 'consent.decided':
      return `${event.sub} ${event.decision === 'allow' ? 'allowed' : 'denied'} client ${event.client_id}`;
    case 'consent.remembered':
      return `${event.sub} allowed client ${event.client_id} scope ${event.scope || 'none'} before; not asked again`;
    case 'session.reused':
      return `${event.sub} is signed in in this browser already; no login for client ${event.client_id}`;
    case 'session.ended':
      return `${event.sub} signed out`;
    default:
      return undefined;
  }
}

function forClient({ client_id }: { readonly client_id?: string }): string {
  return client_id === undefined ? ' to see their grants' : ` for client ${client_id}`;
}

function describeTokenEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'token.issued':
      return (
        `token ${event.token}… issued to client ${event.client_id} by ${event.grant_type}:` +
        ` scope ${event.scope || 'none'}, audience ${listed(event.aud)}, ${event.expires_in} s` +
        `${event.refresh_token ? ', with a refresh token' : ''}` +
        (event.unknown_resource
          ? `; no --resource of this server is ${listed(event.unknown_resource)}, which demo mode lets pass`
          : '') +
        ` (route ${event.route})`
      );
    case 'refresh_token.reused':
      return (
        `client ${event.client_id} used refresh token ${event.token}… again within the grace (--refresh-grace),` +
        ' and got another successor'
      );
    case 'token.refused':
      return (
        `POST /token refused${event.client_id ? ` to client ${event.client_id}` : ''}: ${event.error},` +
        ` ${event.description} (${event.reason})`
      );
    case 'grant.revoked':
      return `all tokens of one sign-in of client ${event.client_id} are void now: ${event.reason}`;
    case 'token.introspected':
      return (
        `introspection${event.caller ? ` for ${event.caller}` : ''}: token ${event.token}… is ` +
        (event.active
          ? `active (client ${event.client_id ?? 'not named'}, audience ${listed(event.aud ?? [])})`
          : event.reason === 'token_void_on_purpose'
            ? `not active: it is void on purpose, so that client ${event.client_id} registers again`
            : `not active (${event.reason ?? 'unknown'})`)
      );
    case 'introspection.refused':
      return `POST /introspect refused: the caller did not prove that it is a resource server (${event.reason})`;
    case 'token.revoked':
      return `POST /revoke by client ${event.client_id}: ${event.found ? `token ${event.token}… is void now` : 'nothing to revoke'}`;
    case 'lever.pulled':
      return describeLever(event);
    default:
      return undefined;
  }
}

function describeLever(event: Extract<AuthorizationServerEvent, { kind: 'lever.pulled' }>): string {
  const client = `client ${event.client_id}`;
  const ended = `sign-ins ended with all tokens: ${event.grants ?? 0}`;
  switch (event.lever) {
    case 'expire-tokens':
      return `lever pulled: the access tokens of ${client} end now (${event.access_tokens ?? 0}); its refresh tokens live on`;
    case 'revoke':
      return `lever pulled: what ${client} was allowed is revoked (${ended}); it is still known`;
    case 'forget':
      return `lever pulled: ${client} is forgotten (${ended})`;
    case 'new-epoch':
      return `lever pulled: a new epoch begins, and the issuer is ${event.issuer} from now on; what was known before is not`;
  }
}

function describeKeyEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'signing_key.created':
      return (
        `signing key ${event.kid} (${event.alg}) made` +
        (event.signs_from === undefined || event.signs_until === undefined
          ? ''
          : `; it signs for ${event.signs_until - event.signs_from} s, from ${localDateTime(event.signs_from)} on`)
      );
    case 'signing_key.unprotected':
      return (
        'the private signing keys lie in the store as they are: who can read it can make tokens;' +
        ' encrypt them with --store-key (openssl rand -hex 32 makes one)'
      );
    case 'signing_key.rotated':
      return (
        `tokens are signed with key ${event.kid} from now on; key ${event.previous} stays at /jwks` +
        ' until the last token that it signed has ended'
      );
    default:
      return undefined;
  }
}

function describeStoreEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'store.at_risk':
      return event.message;
    case 'store.unavailable':
      return `the store cannot be asked, so requests that need it are answered 503: ${event.message}`;
    case 'store.available':
      return 'the store answers again';
    default:
      return undefined;
  }
}
