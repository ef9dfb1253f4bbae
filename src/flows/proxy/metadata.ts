import type { Origins } from './origins.js';

/** A JSON object of a server. */
export type Document = Readonly<Record<string, unknown>>;

/** A document as the client gets it, with what was changed in it, in words. */
export interface RewrittenDocument {
  readonly document: Document;
  readonly changes: readonly string[];
}

/** Ways of client authentication whose proof names the real server, so that it holds nowhere else. */
const BOUND_TO_ISSUER: ReadonlySet<unknown> = new Set([
  'private_key_jwt',
  'client_secret_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
]);

/**
 * Why a client can't sign in through this proxy, as far as the metadata tells.
 *
 * @param issuer as the MCP server names it
 * @returns undefined if it can
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export function whyNotInside(issuer: string, metadata: Document): string | undefined {
  const authorize = originIn(metadata, 'authorization_endpoint');
  if (authorize !== undefined && authorize !== URL.parse(issuer)?.origin) {
    return `the login is at another host (${authorize}) than the issuer (${issuer})`;
  }
  const methods = metadata['token_endpoint_auth_methods_supported'];
  if (Array.isArray(methods) && methods.length > 0 && methods.every((one) => BOUND_TO_ISSUER.has(one))) {
    return `clients authenticate with a key bound to the real issuer (${methods.join(', ').slice(0, 200)})`;
  }
  if (metadata['tls_client_certificate_bound_access_tokens'] === true) {
    return 'access tokens are bound to the TLS certificate of the client (RFC 8705)';
  }
  if (metadata['require_signed_request_object'] === true) {
    return 'authorization requests are signed for the real issuer (RFC 9101)';
  }
  return undefined;
}

/** Members that are true of the real server only, with what a client would do by them. */
const LEFT_OUT: readonly (readonly [member: string, reason: string])[] = [
  ['signed_metadata', 'its signature covers what is rewritten'],
  [
    'dpop_signing_alg_values_supported',
    'a DPoP proof names the URL that the client asks, which is this proxy',
  ],
  ['mtls_endpoint_aliases', 'a TLS certificate of the client ends at this proxy'],
];

/** Endpoints which a client asks and no browser opens: they may be at any host. */
export const BACK_CHANNEL = [
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'pushed_authorization_request_endpoint',
  'device_authorization_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
] as const;
/** One of {@link BACK_CHANNEL}. */
export type BackChannel = (typeof BACK_CHANNEL)[number];

/** Where this proxy answers for an endpoint that is at yet another host than the login. */
export const ELSEWHERE = '/.mcp-oauth-demo-proxy/';

/**
 * The metadata of an authorization server as the client gets it: the same, at this proxy.
 *
 * @param local origin of this proxy for it
 */
export function authorizationServerMetadataOutward(
  metadata: Document,
  origins: Origins,
  local: string,
): RewrittenDocument {
  const { document, changes } = leftOut(metadata);
  const rewritten = Object.fromEntries(
    Object.entries(document).map(([member, value]) => [member, outward(value, origins)]),
  );
  const elsewhere = BACK_CHANNEL.filter((member) => isElsewhere(metadata[member], origins));
  for (const member of elsewhere) rewritten[member] = `${local}${ELSEWHERE}${member}`;
  return {
    document: rewritten,
    changes: [
      `issuer and endpoints are led to ${local}`,
      ...elsewhere.map((member) => `${member} is at another host, and led here too`),
      ...changes,
    ],
  };
}

/**
 * The metadata of an MCP server as the client gets it.
 *
 * @param options `resource`: what the client is to take for the identifier; `issuer`: the only authorization server that is
 *   named, or undefined to name those that the MCP server names
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-2 RFC 9728 §2}
 */
export function resourceMetadataOutward(
  metadata: Document,
  origins: Origins,
  { resource, issuer }: { readonly resource: string; readonly issuer: string | undefined },
): RewrittenDocument {
  const { document, changes } = leftOut(metadata);
  const servers = metadata['authorization_servers'];
  const rewritten = Object.fromEntries(
    Object.entries(document).map(([member, value]) => [
      member,
      member === 'authorization_servers' ? value : outward(value, origins),
    ]),
  );
  rewritten['resource'] = resource;
  if (issuer !== undefined) rewritten['authorization_servers'] = [issuer];
  const others = Array.isArray(servers) ? servers.length - 1 : 0;
  return {
    document: rewritten,
    changes: [
      `resource ${String(metadata['resource'])} is shown as ${resource}`,
      ...(issuer === undefined
        ? []
        : [`authorization server ${String(Array.isArray(servers) ? servers[0] : '')} is shown as ${issuer}`]),
      ...(issuer !== undefined && others > 0
        ? [`the client is shown the first authorization server only, and not ${others} more`]
        : []),
      ...changes,
    ],
  };
}

function leftOut(metadata: Document): RewrittenDocument {
  const found = LEFT_OUT.filter(([member]) => member in metadata);
  const names = found.map(([member]) => member);
  return {
    document: Object.fromEntries(Object.entries(metadata).filter(([member]) => !names.includes(member))),
    changes: found.map(([member, reason]) => `${member} is left out: ${reason}`),
  };
}

function outward(value: unknown, origins: Origins): unknown {
  if (typeof value === 'string') return origins.outward(value);
  return Array.isArray(value) ? value.map((one) => outward(one, origins)) : value;
}

function isElsewhere(value: unknown, origins: Origins): value is string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && !origins.isUpstream(url);
}

function originIn(metadata: Document, member: string): string | undefined {
  const value = metadata[member];
  return typeof value === 'string' ? URL.parse(value)?.origin : undefined;
}
