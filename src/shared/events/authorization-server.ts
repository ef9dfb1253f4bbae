import type { ClientLever } from '../oauth/client-levers.js';
import type { RefusalReason } from '../oauth/errors.js';
import type { RegistrationRoute, WayOfTelling } from '../oauth/routes.js';
import type {
  AuditLogFailed,
  AuditLogRecovered,
  ListenerRefused,
  OtherHostUsed,
  RateLimitReached,
  RequestRefused,
  RequestServed,
  ServerFault,
} from './http.js';

/** What the authorization server tells. Members that are also on the wire keep their names. */
export type AuthorizationServerEvent =
  | RequestServed
  | RequestRefused
  | ServerFault
  | OtherHostUsed
  | AuditLogFailed
  | AuditLogRecovered
  | RateLimitReached
  | ListenerRefused
  | AuthorizationServerMetadataRead
  | ClientRegistered
  | RegistrationRefused
  | ClientRead
  | ClientUpdated
  | ClientDeleted
  | ClientAdopted
  | ClientDocumentRead
  | ClientDocumentStale
  | ClientToldToRegister
  | AuthorizationRequested
  | AuthorizationRefused
  | LoginSucceeded
  | LoginFailed
  | ConsentDecided
  | ConsentRemembered
  | SessionReused
  | SessionEnded
  | TokenIssued
  | TokenRefused
  | RefreshTokenReused
  | GrantRevoked
  | TokenIntrospected
  | IntrospectionRefused
  | TokenRevoked
  | LeverPulled
  | SigningKeyCreated
  | SigningKeyRotated
  | SigningKeyUnprotected
  | StoreAtRisk
  | StoreUnavailable
  | StoreAvailable;

interface AuthorizationServerMetadataRead {
  readonly kind: 'as.metadata_read';
  readonly document: 'oauth-authorization-server' | 'openid-configuration';
}

/** What is in force of a registration. */
interface RegistrationFacts {
  readonly client_id: string;
  readonly client_name?: string;
  readonly redirect_uris: readonly string[];
  readonly token_endpoint_auth_method: string;
  readonly application_type?: string;
  /** what was asked for and is not served, so it was left out of the answer */
  readonly dropped: readonly string[];
}

interface ClientRegistered extends RegistrationFacts {
  readonly kind: 'client.registered';
}

/** A client looked at its registration. */
interface ClientRead {
  readonly kind: 'client.read';
  readonly client_id: string;
}

/** A client replaced its registration. */
interface ClientUpdated extends RegistrationFacts {
  readonly kind: 'client.updated';
}

interface ClientDeleted {
  readonly kind: 'client.deleted';
  readonly client_id: string;
  /** sign-ins that ended with it */
  readonly grants: number;
}

interface RegistrationRefused {
  readonly kind: 'client.registration_refused';
  readonly error: string;
  readonly reason: RefusalReason;
  readonly description: string;
}

interface ClientAdopted {
  readonly kind: 'client.adopted';
  readonly client_id: string;
  readonly redirect_uri: string;
  /** e.g. `VS Code`, from the redirect URI */
  readonly looks_like?: string;
  /** how its first flow will end, so that it registers; absent if it may stay as it is */
  readonly to_be_told?: WayOfTelling;
}

/** An adopted client came to the end of its first flow, which was made to fail so that it registers. */
interface ClientToldToRegister {
  readonly kind: 'client.told_to_register';
  readonly client_id: string;
  readonly way: WayOfTelling;
  /** fingerprint of the void token */
  readonly token?: string;
}

/** The metadata document of a client was fetched and is valid. A document that is used from the cache is not told of. */
interface ClientDocumentRead {
  readonly kind: 'client.document_read';
  readonly client_id: string;
  readonly client_name: string;
  readonly redirect_uris: readonly string[];
  readonly token_endpoint_auth_method: string;
  /** true for plain http on loopback, which is for the development of clients */
  readonly outside_the_draft?: true;
}

/** The host of a client's metadata document could not be asked, and the document as it was read last stood in. */
interface ClientDocumentStale {
  readonly kind: 'client.document_stale';
  readonly client_id: string;
  readonly reason: RefusalReason;
  /** in seconds since the epoch */
  readonly read_at: number;
}

interface AuthorizationRequested {
  readonly kind: 'authorization.requested';
  readonly client_id: string;
  readonly route: RegistrationRoute;
  readonly redirect_uri: string;
  readonly scope: string;
  readonly resource: readonly string[];
  /** true if the request named no resource, and the only known one was put in */
  readonly resource_defaulted: boolean;
  /** of the resources, those that are not configured here; demo mode lets them pass, with a warning */
  readonly unknown_resource?: readonly string[];
}

interface AuthorizationRefused {
  readonly kind: 'authorization.refused';
  readonly client_id?: string;
  readonly route?: RegistrationRoute;
  readonly error: string;
  readonly reason: RefusalReason;
  readonly description: string;
  readonly shown: 'page' | 'redirect';
}

interface LoginSucceeded {
  readonly kind: 'login.succeeded';
  /** absent where the user came to see what they have allowed */
  readonly client_id?: string;
  readonly sub: string;
  /** true if any password would have done */
  readonly demo: boolean;
}

interface LoginFailed {
  readonly kind: 'login.failed';
  readonly client_id?: string;
  /** the user whose name was given; absent where nobody has it, as it may be a password that was typed there */
  readonly sub?: string;
  readonly reason: RefusalReason;
  /** wrong passwords for this user name within the window */
  readonly failures: number;
}

interface ConsentDecided {
  readonly kind: 'consent.decided';
  readonly client_id: string;
  readonly sub: string;
  readonly decision: 'allow' | 'deny';
  readonly scope: string;
  readonly resource: readonly string[];
}

/** The user was not asked, as a grant is in force that allows this client all of it. */
interface ConsentRemembered {
  readonly kind: 'consent.remembered';
  readonly client_id: string;
  readonly sub: string;
  readonly scope: string;
}

/** The user did not have to sign in, as they are signed in in this browser. */
interface SessionReused {
  readonly kind: 'session.reused';
  readonly client_id: string;
  readonly sub: string;
}

interface SessionEnded {
  readonly kind: 'session.ended';
  readonly sub: string;
}

interface TokenIssued {
  readonly kind: 'token.issued';
  readonly grant_type: string;
  readonly client_id: string;
  /** the line that answers the walkthrough's question */
  readonly route: RegistrationRoute;
  readonly sub?: string;
  readonly scope: string;
  readonly aud: readonly string[];
  /** of the audience, what is not configured here; told where no authorization request told it before */
  readonly unknown_resource?: readonly string[];
  readonly expires_in: number;
  readonly token: string;
  readonly refresh_token: boolean;
  /** codes redeemed with this client_id, this one included */
  readonly flows: number;
}

/** A refresh token was presented again within the grace, and was exchanged again. */
interface RefreshTokenReused {
  readonly kind: 'refresh_token.reused';
  readonly client_id: string;
  readonly token: string;
}

interface TokenRefused {
  readonly kind: 'token.refused';
  readonly grant_type?: string;
  readonly client_id?: string;
  readonly error: string;
  readonly reason: RefusalReason;
  readonly description: string;
}

/** A code or refresh token was presented a second time or wrongly, or somebody wanted it: all its tokens are void. */
interface GrantRevoked {
  readonly kind: 'grant.revoked';
  readonly client_id: string;
  readonly sub: string;
  readonly reason: RefusalReason;
}

interface TokenIntrospected {
  readonly kind: 'token.introspected';
  /** the resource server that asked; absent with open introspection */
  readonly caller?: string;
  readonly token: string;
  readonly active: boolean;
  /** why it is not active */
  readonly reason?: RefusalReason;
  readonly client_id?: string;
  readonly aud?: readonly string[];
  readonly scope?: string;
}

interface IntrospectionRefused {
  readonly kind: 'introspection.refused';
  readonly reason: RefusalReason;
}

interface TokenRevoked {
  readonly kind: 'token.revoked';
  readonly client_id: string;
  readonly token: string;
  /** false if there was nothing to revoke, which is a success too (RFC 7009 §2.2) */
  readonly found: boolean;
}

/** Somebody who watches did something to a client, or with its client_id in hand to the whole server. */
interface LeverPulled {
  readonly kind: 'lever.pulled';
  readonly lever: ClientLever;
  readonly client_id: string;
  /** sign-ins that ended, with all their tokens */
  readonly grants?: number;
  /** access tokens that ended by themselves */
  readonly access_tokens?: number;
  /** what the server is called from now on */
  readonly issuer?: string;
}

/** A key was made; several servers with one store tell of it once. */
interface SigningKeyCreated {
  readonly kind: 'signing_key.created';
  readonly kid: string;
  readonly alg: string;
  /** seconds since the epoch; absent without rotation */
  readonly signs_from?: number;
  readonly signs_until?: number;
}

/** The store outlives the process, and the signing keys lie in it as they are. */
interface SigningKeyUnprotected {
  readonly kind: 'signing_key.unprotected';
}

/** Another key than before signed; the previous one stays published until its last token has ended. */
interface SigningKeyRotated {
  readonly kind: 'signing_key.rotated';
  readonly kid: string;
  readonly alg: string;
  readonly previous: string;
}

/** The store answers, and is set up so that records could be lost; told once, at the start. */
interface StoreAtRisk {
  readonly kind: 'store.at_risk';
  /** what could be lost, and what prevents it */
  readonly message: string;
}

/** The store cannot be asked; told once, and not with every request that is refused for it. */
interface StoreUnavailable {
  readonly kind: 'store.unavailable';
  /** what failed, for the operator */
  readonly message: string;
}

/** The store answers again. */
interface StoreAvailable {
  readonly kind: 'store.available';
}
