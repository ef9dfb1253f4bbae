import type { EmittedEvent } from '../../shared/events/events.js';
import type { ExchangeFacts, ExchangeLinks } from './recorded-exchange.js';

/** What events say beside the wire: of an exchange, and what ties it to others. */
export interface ToldFacts {
  readonly facts: ExchangeFacts;
  readonly links: ExchangeLinks;
}

/** Puts together what a server told while it answered one request. */
export function factsOf(events: readonly EmittedEvent[]): ToldFacts {
  return events.map(factsOfEvent).reduce(
    (all, one) => ({
      facts: { ...all.facts, ...one.facts, ...merged(all.facts.mcp, one.facts.mcp) },
      links: { ...all.links, ...one.links },
    }),
    { facts: {}, links: {} },
  );
}

function merged(before: ExchangeFacts['mcp'], more: ExchangeFacts['mcp']): Pick<ExchangeFacts, 'mcp'> {
  const mcp = [...(before ?? []), ...(more ?? [])];
  return mcp.length === 0 ? {} : { mcp };
}

const NOTHING: ToldFacts = { facts: {}, links: {} };

function factsOfEvent(event: EmittedEvent): ToldFacts {
  switch (event.kind) {
    case 'client.registered':
    case 'client.updated':
    case 'client.read':
    case 'client.deleted':
    case 'client.document_read':
    case 'lever.pulled':
    case 'consent.decided':
    case 'consent.remembered':
    case 'session.reused':
      return { facts: {}, links: { client_id: event.client_id } };
    case 'client.adopted':
      return {
        facts: { adopted: true },
        links: { client_id: event.client_id, redirect_uri: event.redirect_uri },
      };
    case 'client.told_to_register':
      return {
        facts: { told_to_register: event.way },
        links: {
          client_id: event.client_id,
          ...(event.token !== undefined && { access_token: event.token }),
        },
      };
    case 'authorization.requested':
      return {
        facts: { route: event.route, scope: event.scope },
        links: { client_id: event.client_id, redirect_uri: event.redirect_uri },
      };
    case 'authorization.refused':
      return {
        facts: event.route === undefined ? {} : { route: event.route },
        links: event.client_id === undefined ? {} : { client_id: event.client_id },
      };
    case 'token.issued':
      return {
        facts: {
          route: event.route,
          flows: event.flows,
          grant_type: event.grant_type,
          scope: event.scope,
          expires_in: event.expires_in,
        },
        links: { client_id: event.client_id, access_token: event.token },
      };
    case 'token.refused':
      return {
        facts: event.grant_type === undefined ? {} : { grant_type: event.grant_type },
        links: event.client_id === undefined ? {} : { client_id: event.client_id },
      };
    case 'token.introspected':
      return {
        facts: { active: event.active },
        links: {
          access_token: event.token,
          ...(event.client_id !== undefined && { client_id: event.client_id }),
        },
      };
    case 'introspection.answered':
    case 'introspection.cached':
    case 'jwt.verified':
      return {
        facts: event.scope === undefined ? {} : { scope: event.scope },
        links: {
          access_token: event.token,
          ...(event.client_id !== undefined && { client_id: event.client_id }),
        },
      };
    case 'bearer.challenged':
      return {
        facts: event.missing === undefined ? {} : { missing_scopes: [...event.missing] },
        links: event.token === undefined ? {} : { access_token: event.token },
      };
    case 'resource.compared':
      return {
        facts: {
          resource: { requested: [...event.requested], configured: event.configured, same: event.same },
        },
        links: event.client_id === undefined ? {} : { client_id: event.client_id },
      };
    case 'session.opened':
      return {
        facts: {
          protocol_version: event.protocol_version,
          ...(event.client_name !== undefined && {
            mcp_client: {
              name: event.client_name,
              ...(event.client_version !== undefined && { version: event.client_version }),
            },
          }),
        },
        links: { client_id: event.client_id, session: event.session },
      };
    case 'mcp.request':
      return {
        facts: {
          mcp: [{ method: event.method, ...(event.name !== undefined && { name: event.name }) }],
        },
        links: {
          client_id: event.client_id,
          ...(event.session !== undefined && { session: event.session }),
        },
      };
    default:
      return NOTHING;
  }
}
