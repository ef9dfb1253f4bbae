import type { ServerEvent } from '../../shared/events/events.js';
import { listed } from './describe-event.js';

/** @returns undefined if the event is not one of the resource server's */
export function describeResourceServerEvent(event: ServerEvent): string | undefined {
  return describeBearerEvent(event) ?? describeMcpEvent(event);
}

function describeBearerEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'rs.metadata_read':
      return `discovery: protected resource metadata read for ${event.resource}`;
    case 'bearer.challenged':
      return (
        `${event.status} ${event.error ?? 'without an error: no token was sent'} (${event.reason})` +
        `${event.token ? ` for token ${event.token}…` : ''}${event.detail ? `: ${event.detail}` : ''}`
      );
    case 'as.found':
      return `authorization server ${event.issuer} found, introspection at ${event.introspection_endpoint}`;
    case 'as.unreachable':
      return `authorization server ${event.issuer} can't be asked: ${event.detail}; answering 503 until it can`;
    case 'introspection.answered':
      return (
        `introspection at ${event.endpoint}: token ${event.token}… is ${event.active ? 'active' : 'not active'}` +
        `${event.client_id ? ` (client ${event.client_id}, scope ${event.scope || 'none'})` : ''},` +
        ` ${event.milliseconds} ms${event.shared_by > 1 ? `, shared by ${event.shared_by} requests` : ''}`
      );
    case 'resource.compared':
      return describeComparison(event);
    default:
      return undefined;
  }
}

function describeComparison(event: Extract<ServerEvent, { kind: 'resource.compared' }>): string {
  const said = `resource asked for: ${listed(event.requested)}; resource configured: ${event.configured}`;
  if (event.same) return `${said}: the same`;
  return event.strict
    ? `${said}: not the same, refused`
    : `${said}: not the same, and accepted all the same; --oauth-strict refuses it`;
}

function describeMcpEvent(event: ServerEvent): string | undefined {
  switch (event.kind) {
    case 'session.opened':
      return (
        `session ${event.session}… opened, MCP ${event.protocol_version},` +
        ` ${event.client_name ?? 'a client without a name'} ${event.client_version ?? ''}`.trimEnd() +
        ` (client_id ${event.client_id})`
      );
    case 'session.closed':
      return `session ${event.session}… closed: ${event.reason}`;
    case 'mcp.request':
      return (
        `${event.method}${event.name ? ` ${event.name}` : ''}` +
        ` (${event.era === '2025' ? 'MCP 2025' : `MCP ${event.era}`}, client ${event.client_id}${event.sub ? `, user ${event.sub}` : ''})`
      );
    default:
      return undefined;
  }
}
