import type { TracedExchange } from '../trace/trace.js';

type Body = TracedExchange['request']['body'];

/** Of metadata, what a flow goes by. */
const METADATA = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'client_id_metadata_document_supported',
  'code_challenge_methods_supported',
  'authorization_response_iss_parameter_supported',
  'token_endpoint_auth_methods_supported',
  'grant_types_supported',
  'scopes_supported',
];

/** Of the answer to a registration, what is not only the request again. */
const REGISTERED = [
  'client_id',
  'client_secret',
  'client_secret_expires_at',
  'token_endpoint_auth_method',
  'registration_client_uri',
  'registration_access_token',
  'scope',
];

/** Of a JSON-RPC message, what says something; the rest is its envelope. */
const MESSAGE = ['method', 'params', 'result', 'error'];
const ENVELOPE = new Set(['_meta', 'resultType', 'ttlMs', 'cacheScope', 'structuredContent']);

/** The part of a body that tells something about the flow, and how many members were left out of it. */
export interface TellingPart {
  readonly body: Body;
  readonly left: number;
}

/**
 * Leaves out of a body what tells nothing about authorization. Only bodies of a known kind lose anything; an error is
 * shown whole.
 */
export function tellingPart(body: Body): TellingPart {
  if (!isObject(body)) return { body, left: 0 };
  if (body['jsonrpc'] !== undefined) {
    const message = only(body, MESSAGE).map(([name, value]) => [name, withoutEnvelope(value)] as const);
    return { body: Object.fromEntries(message), left: 0 };
  }
  const kept = membersFor(body);
  if (kept === undefined) return { body, left: 0 };
  const members = only(body, kept);
  return { body: Object.fromEntries(members), left: Object.keys(body).length - members.length };
}

function membersFor(body: JsonObject): readonly string[] | undefined {
  if (body['error'] !== undefined) return undefined;
  if (body['issuer'] !== undefined && body['token_endpoint'] !== undefined) return METADATA;
  return body['client_id'] !== undefined && body['redirect_uris'] !== undefined ? REGISTERED : undefined;
}

function withoutEnvelope(value: Body): Body {
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([name]) => !ENVELOPE.has(name));
  return Object.fromEntries(
    members.map(([name, inner]) => [name, name === 'tools' ? namesOf(inner) : inner]),
  );
}

/** The names of tools; whatever is not a tool stays as it is. */
function namesOf(tools: Body): Body {
  if (!Array.isArray(tools)) return tools;
  return tools.map((tool) => (isObject(tool) && typeof tool['name'] === 'string' ? tool['name'] : tool));
}

type JsonObject = Readonly<Record<string, Body>>;

function only(body: JsonObject, names: readonly string[]) {
  return names.flatMap((name) => (Object.hasOwn(body, name) ? [[name, body[name]!] as const] : []));
}

function isObject(value: Body): value is { readonly [member: string]: Body } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
