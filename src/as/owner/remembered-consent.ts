import { isLoopbackHost } from '../../shared/http/loopback.js';
import { missingScopes } from '../../shared/oauth/scope.js';
import type { Services } from '../services.js';
import type { AuthorizationRequest, ClientRecord, GrantRecord } from '../store/records.js';
import { grantsOfUser } from './grants.js';

/**
 * Whether the user need not be asked again, because this client may do all of that already: a grant with these scopes
 * and resources, from an answer that went to the same place, is in force. So a consent is forgotten when the grant ends, whoever ends it. What was consented to before
 * the client changed its registration was consented to for another client, so to speak: it may have another name now, and
 * another place where the answers go.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-10.2 RFC 6749 §10.2}
 */
export async function isConsentRemembered(
  services: Services,
  client: ClientRecord,
  request: AuthorizationRequest,
  sub: string,
): Promise<boolean> {
  if (!isIdentityAssured(client, request.redirect_uri)) return false;
  const grants = await grantsInForce(services, client, request, sub);
  return grants.some((grant) => covers(grant, request));
}

/**
 * The scopes that this client has from the user already, at the resources that it asks for now: what is beside them is
 * new to the user.
 */
export async function scopesAllowedBefore(
  services: Services,
  client: ClientRecord,
  request: AuthorizationRequest,
  sub: string,
): Promise<ReadonlySet<string>> {
  const grants = await grantsInForce(services, client, request, sub);
  return new Set(grants.flatMap(({ scope }) => scope.split(' ')));
}

/** What the user has allowed the client, as it is now, at these resources, and it has made use of. */
async function grantsInForce(
  services: Services,
  client: ClientRecord,
  request: AuthorizationRequest,
  sub: string,
): Promise<readonly GrantRecord[]> {
  const grants = await grantsOfUser(services, sub, client.client_id);
  const since = client.updated_at ?? 0;
  return grants
    .map(({ value }) => value)
    .filter((grant) => grant.last_used_at !== undefined && grant.created_at > since)
    .filter((grant) => isForItsResources(grant, request));
}

/** Hosts that pass an answer on to the program that `state` names, which may be any on the user's machine. */
const PASSED_ON = ['vscode.dev', 'insiders.vscode.dev'];

/**
 * Whether only the client itself can get at the answer: it goes to an https URI that the client brought along when it
 * became known. On loopback, or by a scheme of its own, any program on the user's machine can claim to be the client.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-8.6 RFC 8252 §8.6}
 */
function isIdentityAssured(client: ClientRecord, redirectUri: string): boolean {
  const { protocol, hostname } = new URL(redirectUri);
  return (
    client.metadata.redirect_uris !== undefined &&
    protocol === 'https:' &&
    !isLoopbackHost(hostname) &&
    !PASSED_ON.includes(hostname)
  );
}

/** A request for no resource in particular is for more than one for some, and needs a grant of the same kind. */
function isForItsResources(grant: GrantRecord, { resource }: AuthorizationRequest): boolean {
  const sameKind = (resource.length === 0) === (grant.resource.length === 0);
  return sameKind && resource.every((uri) => grant.resource.includes(uri));
}

/**
 * Where the answer goes was part of the question, and a document that describes a client may name other places by now.
 */
function covers(grant: GrantRecord, { scope, redirect_uri }: AuthorizationRequest): boolean {
  return (
    grant.redirect_uri === redirect_uri &&
    missingScopes(scope.split(' '), grant.scope.split(' ')).length === 0
  );
}
