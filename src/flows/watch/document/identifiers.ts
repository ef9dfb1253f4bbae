import type { RecordedExchange } from '../../record/recorded-exchange.js';
import type { SeenIdentifier } from '../../trace/trace.js';
import type { LinkedExchange } from '../watched-flow.js';
import { authorizationAnswerOf } from './authorization-answer.js';
import { answerOf, parameterOf, textOf, textsOf } from './messages.js';

/** An identifier, before it has a place in the trace. */
export type NamedIdentifier = Pick<SeenIdentifier, 'kind' | 'value' | 'where'>;

/**
 * The strings in one exchange that must be the same everywhere, in the words that `inspect-flow` has for the places.
 *
 * @param flow all exchanges of the flow
 */
export function identifiersIn(
  exchange: RecordedExchange,
  flow: readonly LinkedExchange[],
): readonly NamedIdentifier[] {
  const answer = answerOf(exchange);
  switch (exchange.meaning) {
    case 'resource-metadata':
      return [
        ...named('resource', [textOf(answer?.['resource'])], 'resource of the protected resource metadata'),
        ...named(
          'issuer',
          textsOf(answer?.['authorization_servers']),
          'authorization_servers of the protected resource metadata',
        ),
      ];
    case 'authorization-server-metadata':
      return named('issuer', [textOf(answer?.['issuer'])], 'issuer of the authorization server metadata');
    case 'introspection':
      return [
        ...named('issuer', [textOf(answer?.['iss'])], 'iss of the access token'),
        ...named('audience', textsOf(answer?.['aud']), 'aud of the access token'),
      ];
    case 'authorization-request':
    case 'sign-in':
      return [
        ...(exchange.meaning === 'sign-in' ? [] : ofRequest(exchange, 'authorization request')),
        ...named(
          'issuer',
          [authorizationAnswerOf(exchange, flow)?.parameters.get('iss') ?? undefined],
          'iss of the authorization response',
        ),
      ];
    case 'token-request':
      return ofRequest(
        exchange,
        parameterOf(exchange.request, 'grant_type') === 'refresh_token' ? 'refresh request' : 'token request',
      );
    case 'mcp':
      return ofToken(exchange);
    default:
      return [];
  }
}

function ofRequest({ request }: RecordedExchange, what: string): readonly NamedIdentifier[] {
  return [
    ...named('redirect_uri', [parameterOf(request, 'redirect_uri')], `redirect_uri of the ${what}`),
    ...named('resource', [parameterOf(request, 'resource')], `resource of the ${what}`),
  ];
}

/** What the MCP server compared: what the token is for, and what it is called itself. */
function ofToken({ facts: { resource } }: RecordedExchange): readonly NamedIdentifier[] {
  if (resource === undefined) return [];
  return [
    ...named('resource', [resource.configured], 'name that the MCP server goes by'),
    ...named('audience', resource.requested, 'aud of the access token'),
  ];
}

function named(
  kind: SeenIdentifier['kind'],
  values: readonly (string | undefined)[],
  where: string,
): readonly NamedIdentifier[] {
  return values.flatMap((value) => (value === undefined ? [] : [{ kind, value, where }]));
}
