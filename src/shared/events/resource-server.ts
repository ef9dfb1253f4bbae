import type { RefusalReason } from '../oauth/errors.js';
import type { McpEra } from '../oauth/revisions.js';
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

/** What the resource server tells. Members that are also on the wire keep their names. */
export type ResourceServerEvent =
  | RequestServed
  | RequestRefused
  | ServerFault
  | OtherHostUsed
  | AuditLogFailed
  | AuditLogRecovered
  | RateLimitReached
  | ListenerRefused
  | AudienceUnchecked
  | TransportDeprecated
  | RevocationUnseen
  | ResourceMetadataRead
  | RequestChallenged
  | AuthorizationServerFound
  | AuthorizationServerUnreachable
  | AuthorizationServerIssuerChanged
  | IntrospectionAnswered
  | JwtVerified
  | KeysRead
  | KeysUnread
  | IntrospectionCached
  | IntrospectionAuthNotListed
  | ResourceCompared
  | SessionOpened
  | SessionClosed
  | StreamEnded
  | McpRequest;

/** Told at the start: tokens for other resources will be accepted. */
interface AudienceUnchecked {
  readonly kind: 'rs.audience_unchecked';
  readonly resource: string;
}

/** Told at the start: tokens are verified by keys, so that nobody says whether they have been revoked. */
interface RevocationUnseen {
  readonly kind: 'rs.revocation_unseen';
}

/** Told at the start: new clients are better served otherwise. */
interface TransportDeprecated {
  readonly kind: 'rs.transport_deprecated';
  readonly transport: 'sse';
}

interface ResourceMetadataRead {
  readonly kind: 'rs.metadata_read';
  readonly resource: string;
}

/** A request was answered with 401, 403 or 503 before MCP saw it. */
interface RequestChallenged {
  readonly kind: 'bearer.challenged';
  readonly status: number;
  /** absent where no token was presented (RFC 6750 §3.1) */
  readonly error?: string;
  readonly reason: RefusalReason;
  readonly detail?: string;
  readonly token?: string;
  /** of `insufficient_scope`: the tools that were called; empty where every request needs the scope */
  readonly tools?: readonly string[];
  /** of `insufficient_scope`: all scopes that it takes */
  readonly needed?: readonly string[];
  /** of `insufficient_scope`: those that the token lacks */
  readonly missing?: readonly string[];
}

interface AuthorizationServerFound {
  readonly kind: 'as.found';
  readonly issuer: string;
  /** what tokens are verified by: one of the two */
  readonly introspection_endpoint?: string;
  readonly jwks_uri?: string;
}

interface AuthorizationServerUnreachable {
  readonly kind: 'as.unreachable';
  readonly issuer: string;
  readonly detail: string;
}

/** Demo mode: the authorization server was started with another issuer, and this server goes along with it. */
interface AuthorizationServerIssuerChanged {
  readonly kind: 'as.issuer_changed';
  /** `--auth-server` */
  readonly configured: string;
  readonly issuer: string;
}

interface IntrospectionAnswered {
  readonly kind: 'introspection.answered';
  readonly endpoint: string;
  readonly token: string;
  readonly active: boolean;
  readonly client_id?: string;
  readonly scope?: string;
  readonly milliseconds: number;
  /** how many requests waited for this one answer */
  readonly shared_by: number;
}

/** The signature and the claims of a JWT are good; its audience and its scopes are looked at next. */
interface JwtVerified {
  readonly kind: 'jwt.verified';
  readonly issuer: string;
  readonly token: string;
  readonly alg: string;
  readonly kid?: string;
  readonly client_id?: string;
  readonly scope: string;
}

interface KeysRead {
  readonly kind: 'jwks.read';
  readonly issuer: string;
  readonly jwks_uri: string;
  /** how many */
  readonly keys: number;
  /** for how long they are used without asking again */
  readonly seconds: number;
}

/** The keys can't be read anew, and those that were read before are used. */
interface KeysUnread {
  readonly kind: 'jwks.unread';
  readonly issuer: string;
  readonly detail: string;
}

/** An earlier answer was used, with `--introspection-cache`. */
interface IntrospectionCached {
  readonly kind: 'introspection.cached';
  readonly token: string;
  readonly client_id?: string;
  readonly scope: string;
  /** seconds since it was asked for */
  readonly age: number;
}

/** An authorization server does not name the way in which this server authenticates at its introspection endpoint. */
interface IntrospectionAuthNotListed {
  readonly kind: 'introspection.auth_not_listed';
  readonly issuer: string;
  readonly auth_method: string;
  readonly supported: readonly string[];
}

/** The audience of a token, held against this server: the walkthrough's "Validating resource". */
interface ResourceCompared {
  readonly kind: 'resource.compared';
  readonly client_id?: string;
  readonly requested: readonly string[];
  readonly configured: string;
  readonly same: boolean;
  readonly strict: boolean;
}

interface SessionOpened {
  readonly kind: 'session.opened';
  readonly session: string;
  readonly protocol_version: string;
  readonly client_name?: string;
  readonly client_version?: string;
  readonly client_id: string;
}

interface SessionClosed {
  readonly kind: 'session.closed';
  readonly session: string;
  /** in words */
  readonly reason: string;
}

/** A subscription of the era 2026-07-28 was ended by this server. */
interface StreamEnded {
  readonly kind: 'stream.ended';
  readonly client_id: string;
  /** in words */
  readonly reason: string;
}

interface McpRequest {
  readonly kind: 'mcp.request';
  readonly era: McpEra;
  readonly method: string;
  /** the tool, of a tools/call */
  readonly name?: string;
  readonly client_id: string;
  readonly sub?: string;
  readonly session?: string;
  /** of the trace that the message itself names in its `_meta` */
  readonly trace_id?: string;
}
