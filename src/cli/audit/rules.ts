import type { EmittedEvent } from '../../shared/events/events.js';
import type { AuditMember, AuditOutcome } from './schema.js';

/** How an event is written down: what came of it, and which of its members go with it. */
interface AuditRule<Event extends EmittedEvent> {
  readonly outcome: AuditOutcome | ((event: Event) => AuditOutcome);
  readonly members: readonly (AuditMember & keyof Event)[];
  /** false for one that has nothing to do with security; each is written where this is absent */
  readonly when?: (event: Event) => boolean;
}

/** What each kind of event comes to; null for what is no matter of security, or is told by another event. */
type AuditRules = {
  readonly [Kind in EmittedEvent['kind']]: AuditRule<Extract<EmittedEvent, { kind: Kind }>> | null;
};

const REGISTRATION = ['client_id', 'client_name', 'redirect_uris', 'token_endpoint_auth_method'] as const;

/**
 * All kinds of events: a new one does not compile before somebody has decided whether it is for the audit log.
 * `docs/audit-log.md` lists those that are.
 */
export const AUDIT_RULES: AuditRules = {
  'client.registered': { outcome: 'success', members: REGISTRATION },
  'client.registration_refused': { outcome: 'refused', members: ['error', 'reason'] },
  'client.updated': { outcome: 'success', members: REGISTRATION },
  'client.deleted': { outcome: 'success', members: ['client_id', 'grants'] },
  'client.adopted': { outcome: 'success', members: ['client_id', 'redirect_uri'] },
  'client.told_to_register': { outcome: 'refused', members: ['client_id', 'token'] },
  'client.document_read': {
    outcome: 'success',
    members: ['client_id', 'client_name', 'redirect_uris', 'token_endpoint_auth_method'],
  },
  'client.document_stale': { outcome: 'failed', members: ['client_id', 'reason'] },
  'authorization.refused': { outcome: 'refused', members: ['client_id', 'route', 'error', 'reason'] },
  'login.succeeded': { outcome: 'success', members: ['client_id', 'sub'] },
  'login.failed': { outcome: 'refused', members: ['client_id', 'sub', 'reason', 'failures'] },
  'consent.decided': {
    outcome: ({ decision }) => (decision === 'allow' ? 'success' : 'refused'),
    members: ['client_id', 'sub', 'decision', 'scope', 'resource'],
  },
  'consent.remembered': { outcome: 'success', members: ['client_id', 'sub', 'scope'] },
  'session.reused': { outcome: 'success', members: ['client_id', 'sub'] },
  'session.ended': { outcome: 'success', members: ['sub'] },
  'token.issued': {
    outcome: 'success',
    members: ['client_id', 'route', 'sub', 'grant_type', 'scope', 'aud', 'expires_in', 'token'],
  },
  'token.refused': { outcome: 'refused', members: ['client_id', 'grant_type', 'error', 'reason'] },
  'refresh_token.reused': { outcome: 'success', members: ['client_id', 'token'] },
  'grant.revoked': { outcome: 'success', members: ['client_id', 'sub', 'reason'] },
  'introspection.refused': { outcome: 'refused', members: ['reason'] },
  'token.revoked': { outcome: 'success', members: ['client_id', 'token', 'found'] },
  'lever.pulled': { outcome: 'success', members: ['client_id', 'lever', 'grants', 'issuer'] },
  'signing_key.created': { outcome: 'success', members: ['kid', 'alg'] },
  'signing_key.rotated': { outcome: 'success', members: ['kid', 'alg', 'previous'] },
  'store.at_risk': null,
  'store.unavailable': { outcome: 'failed', members: ['message'] },
  'store.available': { outcome: 'success', members: [] },
  'rate_limit.reached': { outcome: 'refused', members: ['limit', 'client_id'] },
  'listener.refused': {
    outcome: 'refused',
    members: ['address', 'status', 'reason', 'count'],
    // Nothing was asked.
    when: ({ reason }) => reason !== 'request_absent',
  },
  'request.refused': {
    outcome: 'refused',
    members: ['method', 'path', 'error', 'reason'],
    // Those belong to the way clients find out what there is.
    when: ({ level, reason }) => level !== 'info' && reason !== 'method_not_allowed',
  },
  'server.fault': { outcome: 'failed', members: ['path'] },
  'bearer.challenged': {
    outcome: 'refused',
    members: ['status', 'error', 'reason', 'token', 'tools', 'needed', 'missing'],
    // Without a token a client asks what it needs: nobody was refused yet.
    when: ({ reason }) => reason !== 'token_missing',
  },
  'as.issuer_changed': { outcome: 'success', members: ['issuer', 'configured'] },

  // The access log; what is refused is told by an event of its own.
  'request.served': null,
  'mcp.request': null,
  // Nothing was decided yet.
  'authorization.requested': null,
  'host.other_name': null,
  'as.metadata_read': null,
  'rs.metadata_read': null,
  'client.read': null,
  // Questions of resource servers; what they refuse is told there.
  'token.introspected': null,
  'introspection.answered': null,
  'introspection.cached': null,
  'introspection.auth_not_listed': null,
  'jwt.verified': null,
  'resource.compared': null,
  // What a server finds out about others, and about itself at the start.
  'as.found': null,
  'as.unreachable': null,
  'jwks.read': null,
  'jwks.unread': null,
  'signing_key.unprotected': null,
  'rs.audience_unchecked': null,
  'rs.revocation_unseen': null,
  'rs.transport_deprecated': null,
  // Sessions of MCP, which let nobody in: each request has its token.
  'session.opened': null,
  'session.closed': null,
  'stream.ended': null,
  // Nobody could read them there.
  'audit_log.failed': null,
  'audit_log.recovered': null,
};
