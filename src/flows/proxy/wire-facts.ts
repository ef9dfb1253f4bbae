import { parseJson } from '../../shared/http/json.js';
import { parseChallenges } from '../../shared/oauth/www-authenticate.js';
import type { ExchangeFacts, Meaning } from '../record/recorded-exchange.js';

/** What the wire says of an exchange, for one who knows nothing of the servers behind it. */
export function wireFacts(
  meaning: Meaning,
  sent: { readonly headers: Headers; readonly body: string },
  received: { readonly status: number; readonly headers: Headers; readonly body: string } | undefined,
): ExchangeFacts {
  if (meaning === 'mcp') return { ...mcpFacts(sent), ...missingScopes(received) };
  if (meaning === 'token-request') return tokenFacts(sent.body, received?.body ?? '');
  return {};
}

function mcpFacts({ headers, body }: { readonly headers: Headers; readonly body: string }): ExchangeFacts {
  const value = parseJson(body);
  const messages = (Array.isArray(value) ? value : [value]).map(objectOf);
  const mcp = messages.flatMap((message) => {
    const { method } = message;
    if (typeof method !== 'string') return [];
    const name = objectOf(message['params'])['name'];
    return [{ method: cut(method), ...(typeof name === 'string' && { name: cut(name) }) }];
  });
  const params = objectOf(
    messages.find(({ method }) => method === 'initialize')?.['params'] ?? messages[0]?.['params'],
  );
  const meta = objectOf(params['_meta']);
  const info = objectOf(params['clientInfo'] ?? meta['io.modelcontextprotocol/clientInfo']);
  const version = params['protocolVersion'] ?? headers.get('mcp-protocol-version');
  return {
    ...(mcp.length > 0 && { mcp: mcp.slice(0, 20) }),
    ...(typeof version === 'string' && { protocol_version: cut(version) }),
    ...(typeof info['name'] === 'string' && {
      mcp_client: {
        name: cut(info['name']),
        ...(typeof info['version'] === 'string' && { version: cut(info['version']) }),
      },
    }),
  };
}

function missingScopes(
  received: { readonly status: number; readonly headers: Headers } | undefined,
): ExchangeFacts {
  if (received?.status !== 403) return {};
  const challenge = parseChallenges(received.headers.get('www-authenticate') ?? '')?.find(
    ({ parameters }) => parameters['error'] === 'insufficient_scope',
  );
  const scopes = challenge?.parameters['scope']?.split(' ').filter((scope) => scope !== '');
  return scopes === undefined || scopes.length === 0 ? {} : { missing_scopes: scopes };
}

function tokenFacts(sent: string, received: string): ExchangeFacts {
  const grant = new URLSearchParams(sent).get('grant_type');
  const { scope, expires_in: expires } = objectOf(parseJson(received));
  return {
    ...(grant !== null && { grant_type: cut(grant) }),
    ...(typeof scope === 'string' && { scope: cut(scope) }),
    ...(typeof expires === 'number' && Number.isFinite(expires) && { expires_in: expires }),
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function cut(text: string): string {
  return text.slice(0, 500);
}
