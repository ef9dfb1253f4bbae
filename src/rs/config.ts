import * as z from 'zod';
import { ConfigurationError } from '../shared/configuration-error.js';
import { isLoopbackHost } from '../shared/http/loopback.js';
import { DEMO_RS_CREDENTIALS } from '../shared/oauth/demo.js';
import { isResourceIdentifier } from '../shared/oauth/resource.js';
import { parseScope } from '../shared/oauth/scope.js';
import { hasPlainPath } from '../shared/oauth/uri.js';
import { VERSION } from '../shared/version.js';

const origin = z
  .string()
  .refine((value) => URL.parse(value)?.origin === value, 'is not an origin, as in https://app.example.com');

const scopeToken = z
  .string()
  .refine((value) => parseScope(value)?.length === 1 && !value.includes(' '), 'is not one scope');

const issuer = z
  .string()
  .refine(
    (value) => isResourceIdentifier(value) && !value.includes('?'),
    'is not an http(s) URL without query, fragment and user name',
  );

const schema = z.strictObject({
  resource: z
    .string()
    .refine(isResourceIdentifier, 'is not an absolute http(s) URL without fragment and user name')
    .refine(
      hasPlainPath,
      'has something else in its path than letters, digits, ".", "_", "~" and "-", or a dot segment',
    ),
  authServer: issuer,
  insecureHttp: z.boolean().default(false),
  introspectionCredentials: z.strictObject({ id: z.string().min(1), secret: z.string().min(1) }).optional(),
  oauthStrict: z.boolean().default(false),
  requiredScopes: z.array(scopeToken).default(['user']),
  demoMode: z.boolean().default(false),
  allowOrigins: z.array(origin).default([]),
  introspectionTimeoutMs: z.number().int().min(1).max(60_000).default(5000),
  maxSessions: z.number().int().min(1).max(100_000).default(1000),
  sessionIdleSeconds: z.number().int().min(1).max(604_800).default(1800),
  version: z.string().min(1).default(VERSION),
});

/** What can be set of the resource server. */
export interface ResourceServerOptions {
  /** the full URL of MCP, path included; clients ask for tokens for it, and it is served at its path */
  readonly resource: string;
  /** issuer of the authorization server whose tokens are accepted */
  readonly authServer: string;
  /** whether `resource` and `authServer` may be plain http on other hosts than this machine; default false */
  readonly insecureHttp?: boolean | undefined;
  /** what this server shows at the introspection endpoint; in demo mode a known pair is the default */
  readonly introspectionCredentials?: { readonly id: string; readonly secret: string } | undefined;
  /** refuse a token whose audience is not this server; default false */
  readonly oauthStrict?: boolean | undefined;
  /** scopes that every request needs; default `user` */
  readonly requiredScopes?: readonly string[] | undefined;
  /** true for a server that only this machine can reach: Host must be a loopback name; default false */
  readonly demoMode?: boolean | undefined;
  /** origins of web pages that may call it, beside those on this machine and its own */
  readonly allowOrigins?: readonly string[] | undefined;
  /** how long one question to the authorization server may take, in milliseconds; default 5000 */
  readonly introspectionTimeoutMs?: number | undefined;
  /** how many sessions of the 2025 era may be open; the one idle for longest makes room; default 1000 */
  readonly maxSessions?: number | undefined;
  /** after how many seconds without a request and an open stream a session ends; default 1800 */
  readonly sessionIdleSeconds?: number | undefined;
  /** how this server names its version to MCP clients */
  readonly version?: string | undefined;
}

/** The options, validated and completed. */
export interface ResourceServerConfig extends z.output<typeof schema> {
  readonly introspectionCredentials: { readonly id: string; readonly secret: string };
}

/**
 * Validates the options and puts in the defaults.
 *
 * @throws ConfigurationError that names the first option that is wrong
 */
export function parseConfig(options: ResourceServerOptions): ResourceServerConfig {
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const option =
      issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? 'options') : String(issue.path[0] ?? 'options');
    throw new ConfigurationError(option, issue.message);
  }
  checkTransport(parsed.data);
  const introspectionCredentials =
    parsed.data.introspectionCredentials ?? (parsed.data.demoMode ? DEMO_RS_CREDENTIALS : undefined);
  if (!introspectionCredentials) {
    throw new ConfigurationError(
      'introspectionCredentials',
      'must be set outside demo mode: the id and secret that the authorization server knows this server by',
    );
  }
  return { ...parsed.data, introspectionCredentials };
}

/**
 * Tokens come to this server and go on to the authorization server, with this server's own credentials beside them.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-1.5 OAuth 2.1 §1.5}
 */
function checkTransport(options: z.output<typeof schema>): void {
  if (options.insecureHttp) return;
  for (const option of ['resource', 'authServer'] as const) {
    const { protocol, hostname } = new URL(options[option]);
    if (protocol === 'https:' || isLoopbackHost(hostname)) continue;
    throw new ConfigurationError(
      option,
      `${options[option]} is plain http and not on this machine; use https, or allow it with insecureHttp (--insecure-http)`,
    );
  }
}

/**
 * Checks the options of a resource server without making one, as for a command that must not take a port in vain.
 *
 * @throws ConfigurationError that names the first option that is wrong
 */
export function checkResourceServerOptions(options: ResourceServerOptions): void {
  parseConfig(options);
}
