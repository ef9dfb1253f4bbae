import * as z from 'zod';
import { HEALTH_PATHS } from '../../shared/http/health.js';
import { webOrigin } from '../../shared/http/web-origin.js';
import { isResourceIdentifier } from '../../shared/oauth/resource.js';
import { ERA_CHOICES } from '../../shared/oauth/revisions.js';
import { hasPlainPath } from '../../shared/oauth/uri.js';
import { VERSION } from '../../shared/version.js';
import type { McpServers } from '../mcp/mcp-servers.js';
import type { Tool } from '../tools/tool.js';
import { JWT_OPTIONS } from './jwt-options.js';
import { INTROSPECTION_AUTH_METHODS, VERIFICATIONS } from './options.js';
import { SCOPE_OPTIONS } from './scope-options.js';

const hostName = z
  .string()
  .refine(isHostName, 'must be a host name or an IP address as in a URL, in lower case and without a port');

const issuer = z
  .string()
  .refine(
    (value) => isResourceIdentifier(value) && !value.includes('?'),
    'is not an http(s) URL without query, fragment and user name',
  );

const credentials = z.strictObject({ id: z.string().min(1), secret: z.string().min(1) });

const authServer = z.strictObject({
  issuer,
  introspectionCredentials: credentials.optional(),
  introspectionAuth: z
    .enum(INTROSPECTION_AUTH_METHODS, `must be one of ${INTROSPECTION_AUTH_METHODS.join(', ')}`)
    .optional(),
  introspectionEndpoint: z
    .string()
    .refine(isResourceIdentifier, 'is not an absolute http(s) URL without fragment and user name')
    .optional(),
});

const isFunction = (value: unknown): boolean => typeof value === 'function';

const mcpServers = z.strictObject({
  '2025': z.custom<McpServers['2025']>(isFunction, 'must have a function for 2025').optional(),
  '2026-07-28': z
    .custom<McpServers['2026-07-28']>(isFunction, 'must have a function for 2026-07-28')
    .optional(),
});

const serverInfo = z.strictObject({
  name: z.string().min(1),
  title: z.string().min(1).optional(),
  version: z.string().min(1),
});

/** What each option must be, and its default. */
export const OPTIONS = z.strictObject({
  resource: z
    .string()
    .refine(isResourceIdentifier, 'is not an absolute http(s) URL without fragment and user name')
    .refine(
      hasPlainPath,
      'has something else in its path than letters, digits, ".", "_", "~" and "-", or a dot segment',
    )
    .refine((value) => !isHealthPath(value), 'has the path of a probe, /healthz or /readyz'),
  authServers: z.array(authServer).min(1, 'must name one at least'),
  verify: z.enum(VERIFICATIONS, `must be one of ${VERIFICATIONS.join(', ')}`).default('introspection'),
  audiences: z.array(z.string().min(1, 'must not be empty')).default([]),
  ...JWT_OPTIONS,
  insecureHttp: z.boolean().default(false),
  oauthStrict: z.boolean().optional(),
  era: z.enum(ERA_CHOICES).default('both'),
  ...SCOPE_OPTIONS,
  demoMode: z.boolean().default(false),
  allowOrigins: z.array(webOrigin).default([]),
  allowHosts: z.array(hostName).default([]),
  rateLimit: z.boolean().optional(),
  introspectionTimeoutMs: z.number().int().min(1).max(60_000).default(5000),
  introspectionCacheSeconds: z.number().int().min(0).max(3600).default(0),
  transport: z.enum(['streamable-http', 'sse']).default('streamable-http'),
  sessions: z.enum(['stateful', 'stateless']).default('stateful'),
  maxSessions: z.number().int().min(1).max(100_000).default(1000),
  sessionIdleSeconds: z.number().int().min(1).max(604_800).default(1800),
  maxStreams: z.number().int().min(1).max(100_000).default(1000),
  tools: z.array(z.custom<Tool>()).optional(),
  mcpServers: mcpServers.default({}),
  info: serverInfo.default({ name: 'mcp-oauth-demo', title: 'MCP OAuth demo', version: VERSION }),
});
export type ParsedOptions = z.output<typeof OPTIONS>;

function isHostName(value: string): boolean {
  return !value.includes('*') && URL.parse(`http://${value}/`)?.hostname === value;
}

function isHealthPath(url: string): boolean {
  return Object.values<string>(HEALTH_PATHS).includes(URL.parse(url)?.pathname ?? '');
}
