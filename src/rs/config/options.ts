import type { EraChoice } from '../../shared/oauth/revisions.js';
import type { McpServers } from '../mcp/mcp-servers.js';
import type { ServerInfo } from '../mcp/server-info.js';
import type { Tool } from '../tools/tool.js';
import type { SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';

/** The ways to tell whether a token is good. */
export const VERIFICATIONS = ['introspection', 'jwt'] as const;

/** By asking the authorization server, or by its keys, without asking. */
export type Verification = (typeof VERIFICATIONS)[number];

/** How this server can show its credentials at an introspection endpoint, by their names in the metadata. */
export const INTROSPECTION_AUTH_METHODS = ['client_secret_basic', 'client_secret_post'] as const;

/** In the Authorization header, or in the form. */
export type IntrospectionAuth = (typeof INTROSPECTION_AUTH_METHODS)[number];

/** An authorization server whose tokens are accepted. */
export interface TrustedAuthorizationServer {
  /** as its metadata spells it; a trailing slash may be there or not */
  readonly issuer: string;
  /**
   * what this server shows at the introspection endpoint; in demo mode a known pair is the default, and to verify JWTs
   * none is needed
   */
  readonly introspectionCredentials?: { readonly id: string; readonly secret: string } | undefined;
  /** how it shows them; default `client_secret_basic` */
  readonly introspectionAuth?: IntrospectionAuth | undefined;
  /**
   * where to ask, instead of the endpoint in its metadata; then it need not have metadata, and `issuer` must be spelled
   * as its tokens spell it
   */
  readonly introspectionEndpoint?: string | undefined;
}

/** What can be set of the resource server. */
export interface ResourceServerOptions {
  /** the full URL of MCP, path included; clients ask for tokens for it, and it is served at its path */
  readonly resource: string;
  /** the authorization servers whose tokens are accepted, one at least; the metadata lists them in this order */
  readonly authServers: readonly TrustedAuthorizationServer[];
  /** how tokens are verified; default `introspection` */
  readonly verify?: Verification | undefined;
  /**
   * values that the audience of a token may have beside `resource`, as products have that know no resources: the
   * identifier of an API, or a client id
   */
  readonly audiences?: readonly string[] | undefined;
  /** types (`typ`) of JWTs that are taken for access tokens beside `at+jwt`; `JWT` lets those without one pass too */
  readonly acceptedTypes?: readonly string[] | undefined;
  /** what JWTs may be signed with; default every asymmetric algorithm there is */
  readonly acceptedAlgorithms?: readonly SignatureAlgorithm[] | undefined;
  /** how far the clocks of this server and those that issue JWTs may be apart, in seconds; default 5 */
  readonly clockToleranceSeconds?: number | undefined;
  /**
   * whether `resource` and `authServers`, and what the metadata of such names, may be plain http on other hosts than this
   * machine; default false
   */
  readonly insecureHttp?: boolean | undefined;
  /** refuse a token whose audience is not this server; default true for JWTs and with `audiences`, else false */
  readonly oauthStrict?: boolean | undefined;
  /** which eras of MCP are spoken: the stateless one of 2026-07-28, the one of 2025 with sessions, or both; default both */
  readonly era?: EraChoice | undefined;
  /** scopes that every request needs; none if the list is empty; default `user` */
  readonly requiredScopes?: readonly string[] | undefined;
  /** which narrower scopes a broad one includes, by itself or through others; default none */
  readonly scopeImplies?: Readonly<Record<string, readonly string[]>> | undefined;
  /** adds the tools `whoami` (scope `profile`) and `set_clock` (scope `time:write`, which `time` includes); default false */
  readonly scopedTools?: boolean | undefined;
  /** true for a server that only this machine can reach: Host must be a loopback name; default false */
  readonly demoMode?: boolean | undefined;
  /** origins of web pages that may call it, beside those on this machine and its own */
  readonly allowOrigins?: readonly string[] | undefined;
  /**
   * host names that requests may be sent to, beside that of `resource` and those of this machine, whatever the port;
   * default: any outside demo mode, where a proxy says what it likes
   */
  readonly allowHosts?: readonly string[] | undefined;
  /**
   * Whether those are slowed down from whose address too many tokens come that are no good; without the `peer` of `fetch`
   * all have one address. Default: unless in demo mode.
   */
  readonly rateLimit?: boolean | undefined;
  /** how long one question to an authorization server may take, in milliseconds; default 5000 */
  readonly introspectionTimeoutMs?: number | undefined;
  /**
   * for how many seconds the answer of an authorization server that a token is good is kept, though never past the
   * token's `exp`; a revocation is seen that much later. Default 0: each request is asked about
   */
  readonly introspectionCacheSeconds?: number | undefined;
  /** `sse` is the deprecated HTTP+SSE of 2024-11-05, for old clients of the 2025 era; default `streamable-http` */
  readonly transport?: 'streamable-http' | 'sse' | undefined;
  /**
   * whether clients of the 2025 era get sessions; `stateless` serves each of their requests by itself, for servers that
   * share one address; default `stateful`
   */
  readonly sessions?: 'stateful' | 'stateless' | undefined;
  /** how many sessions of the 2025 era may be open; whoever has most makes room for the next one; default 1000 */
  readonly maxSessions?: number | undefined;
  /** after how many seconds without a request and an open stream a session ends; default 1800 */
  readonly sessionIdleSeconds?: number | undefined;
  /**
   * how many streams may be open on which clients listen; one user may hold a tenth of them, or ten if that
   * is more; default 1000
   */
  readonly maxStreams?: number | undefined;
  /** the tools to serve, in place of those that are built in */
  readonly tools?: readonly Tool[] | undefined;
  /** MCP servers of your own, for more than tools */
  readonly mcpServers?: McpServers | undefined;
  /** how this server introduces itself to MCP clients; default: as this package */
  readonly info?: ServerInfo | undefined;
}
