/**
 * Puts a well-known suffix between host and path of an identifier.
 *
 * @example wellKnownUrl('http://localhost:8001/mcp', 'oauth-protected-resource')
 *   // http://localhost:8001/.well-known/oauth-protected-resource/mcp
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.1 RFC 8414 §3.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3.1 RFC 9728 §3.1}
 */
export function wellKnownUrl(identifier: string, suffix: string): string {
  const url = new URL(identifier);
  const path = url.pathname.replace(/\/$/, '');
  return `${url.origin}/.well-known/${suffix}${path}${url.search}`;
}

/** One place where metadata may be, and what kind of document is expected there. */
export interface MetadataLocation {
  readonly url: string;
  readonly form:
    'oauth-path-inserted' | 'openid-path-inserted' | 'openid-path-appended' | 'oauth-root' | 'openid-root';
}

/**
 * Where a client looks for the metadata of an authorization server, in the order that MCP prescribes.
 *
 * @param issuer the identifier from `authorization_servers`
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery#authorization-server-metadata-discovery MCP, authorization server metadata discovery}
 */
export function authorizationServerMetadataLocations(issuer: string): readonly MetadataLocation[] {
  const path = new URL(issuer).pathname.replace(/\/$/, '');
  const oauth = wellKnownUrl(issuer, 'oauth-authorization-server');
  const openid = wellKnownUrl(issuer, 'openid-configuration');
  if (path === '') {
    return [
      { url: oauth, form: 'oauth-root' },
      { url: openid, form: 'openid-root' },
    ];
  }
  return [
    { url: oauth, form: 'oauth-path-inserted' },
    { url: openid, form: 'openid-path-inserted' },
    {
      url: `${new URL(issuer).origin}${path}/.well-known/openid-configuration`,
      form: 'openid-path-appended',
    },
  ];
}
