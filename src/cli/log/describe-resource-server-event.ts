import type { ServerEvent } from '../../shared/events/events.js';
import { listed } from './listed.js';

/** @returns undefined if the event is not one of the resource server's */
export function describeResourceServerEvent(event: ServerEvent): string | undefined {
  return describeBearerEvent(event) ?? describeMcpEvent(event);
}

function describeBearerEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'rs.audience_unchecked':
      return `tokens for other resources than ${event.resource} are accepted; --oauth-strict refuses them (RFC 8707)`;
    case 'rs.revocation_unseen':
      return 'tokens are verified by keys: one that was revoked passes until it expires; --verify=introspection asks';
    case 'rs.transport_deprecated':
      return 'HTTP+SSE is deprecated since MCP 2025-03-26; clients of today want --transport streamable-http';
    case 'rs.metadata_read':
      return 'discovery: protected resource metadata read';
    case 'bearer.challenged':
      return describeChallenge(event);
    case 'as.found':
      return `authorization server ${event.issuer} found, ${placeOf(event)}`;
    case 'as.unreachable':
      return `authorization server ${event.issuer} can't be asked: ${event.detail}; answering 503 until it can`;
    case 'as.issuer_changed':
      return (
        `the authorization server at ${event.configured} has the issuer ${event.issuer} now, and our metadata sends` +
        ' clients there (in demo mode only)'
      );
    case 'introspection.answered':
      return (
        `introspection: token ${event.token}… is ${event.active ? 'active' : 'not active'}` +
        `${event.client_id ? ` (client ${event.client_id}, scope ${event.scope || 'none'})` : ''},` +
        ` ${event.milliseconds} ms${event.shared_by > 1 ? `, shared by ${event.shared_by} requests` : ''}`
      );
    case 'jwt.verified':
      return (
        `token ${event.token}… is signed by ${event.issuer} (${event.alg}${event.kid ? `, key ${event.kid}` : ''}):` +
        ` client ${event.client_id ?? '(not named)'}, scope ${event.scope || 'none'}`
      );
    case 'jwks.read':
      return `keys of ${event.issuer} read from ${event.jwks_uri}: ${event.keys}, good for ${event.seconds} s`;
    case 'jwks.unread':
      return `the keys of ${event.issuer} can't be read anew: ${event.detail}; those that were read before are used`;
    case 'introspection.cached':
      return (
        `introspection: token ${event.token}… is active, cached ${event.age} s ago` +
        `${event.client_id ? ` (client ${event.client_id}, scope ${event.scope || 'none'})` : ''}`
      );
    case 'introspection.auth_not_listed':
      return (
        `authorization server ${event.issuer} lists ${listed(event.supported)} for introspection, and this server uses` +
        ` ${event.auth_method}; see --introspection-auth`
      );
    case 'resource.compared':
      return describeComparison(event);
    default:
      return undefined;
  }
}

function placeOf(found: Extract<ServerEvent, { kind: 'as.found' }>): string {
  return found.jwks_uri === undefined
    ? `introspection at ${found.introspection_endpoint}`
    : `its keys are at ${found.jwks_uri}`;
}

function describeChallenge(event: Extract<ServerEvent, { kind: 'bearer.challenged' }>): string {
  const { needed = [], missing = [], tools = [] } = event;
  const said = [
    ...(needed.length > 0 ? [`${listed(tools, 'every request')} needs "${needed.join(' ')}"`] : []),
    ...(event.detail ? [event.detail] : []),
    ...(missing.length > 0 ? [`"${missing.join(' ')}" is missing`] : []),
  ];
  return (
    `${event.status} ${event.error ?? 'challenge: no token in the Authorization header'} (${event.reason})` +
    `${event.token ? ` for token ${event.token}…` : ''}${said.length > 0 ? `: ${said.join('; ')}` : ''}`
  );
}

function describeComparison(event: Extract<ServerEvent, { kind: 'resource.compared' }>): string {
  if (event.same) return `resource asked for is the one configured: ${event.configured}`;
  const said = `resource asked for: ${listed(event.requested)}; resource configured: ${event.configured}`;
  return event.strict
    ? `${said}: not the same, refused`
    : `${said}: not the same, and accepted all the same; --oauth-strict refuses it`;
}

function describeMcpEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'session.opened':
      return (
        `session ${event.session}… opened by ${event.client_name ?? 'a client without a name'}` +
        `${event.client_version ? ` ${event.client_version}` : ''} (MCP ${event.protocol_version}, client ${event.client_id})`
      );
    case 'session.closed':
      return `session ${event.session}… closed: ${event.reason}`;
    case 'stream.ended':
      return `stream of client ${event.client_id} ended: ${event.reason}`;
    case 'mcp.request':
      return (
        `${event.method}${event.name ? ` ${event.name}` : ''}` +
        ` (${event.era === '2025' ? 'MCP 2025' : `MCP ${event.era}`},` +
        `${event.session ? ` session ${event.session}…,` : ''} client ${event.client_id})`
      );
    default:
      return undefined;
  }
}
