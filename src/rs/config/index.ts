import { ConfigurationError } from '../../shared/configuration-error.js';
import { DEMO_RS_CREDENTIALS, SCOPED_TOOLS_HIERARCHY } from '../../shared/oauth/demo.js';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';
import { type CompiledTool, compileTools } from '../tools/compile-tools.js';
import type { IntrospectionAuth, ResourceServerOptions, TrustedAuthorizationServer } from './options.js';
import { checkTogether } from './rules.js';
import { OPTIONS, type ParsedOptions } from './schema.js';

/** An authorization server that is trusted, complete. */
export interface AuthorizationServerConfig extends TrustedAuthorizationServer {
  /** there unless JWTs are verified */
  readonly introspectionCredentials: { readonly id: string; readonly secret: string } | undefined;
  readonly introspectionAuth: IntrospectionAuth;
}

/** The options, validated and completed. */
export interface ResourceServerConfig extends Omit<
  ParsedOptions,
  'acceptedAlgorithms' | 'authServers' | 'oauthStrict' | 'rateLimit' | 'tools'
> {
  readonly acceptedAlgorithms: readonly SignatureAlgorithm[];
  readonly oauthStrict: boolean;
  readonly rateLimit: boolean;
  readonly authServers: readonly AuthorizationServerConfig[];
  /** undefined for the tools that are built in */
  readonly tools: readonly CompiledTool[] | undefined;
}

/**
 * Validates the options and puts in the defaults.
 *
 * @throws ConfigurationError that names the first option that is wrong
 */
export function parseConfig(options: ResourceServerOptions): ResourceServerConfig {
  const parsed = OPTIONS.safeParse(options);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const option = issue.code === 'unrecognized_keys' ? issue.keys[0] : optionAt(issue.path);
    throw new ConfigurationError(option ?? 'options', issue.message);
  }
  checkTogether(parsed.data);
  return {
    ...parsed.data,
    acceptedAlgorithms: parsed.data.acceptedAlgorithms ?? SIGNATURE_ALGORITHMS,
    rateLimit: parsed.data.rateLimit ?? !parsed.data.demoMode,
    oauthStrict: parsed.data.oauthStrict ?? isStrictUnlessSaid(parsed.data),
    authServers: parsed.data.authServers.map((server) => withCredentials(server, parsed.data)),
    scopeImplies: withScopedTools(parsed.data),
    tools: parsed.data.tools && compileTools(parsed.data.tools),
  };
}

/** The option that a path into the options leads to; what belongs to one authorization server has a name of its own. */
function optionAt([option, , member]: readonly PropertyKey[]): string | undefined {
  const own = option === 'authServers' && member !== 'issuer' ? member : undefined;
  const named = own ?? option;
  return named === undefined ? undefined : String(named);
}

/** What was said of the hierarchy of scopes, and what the scoped tools say of theirs. */
function withScopedTools({ scopedTools, scopeImplies }: ParsedOptions): ParsedOptions['scopeImplies'] {
  const { time } = SCOPED_TOOLS_HIERARCHY;
  return scopedTools ? { ...scopeImplies, time: [...(scopeImplies['time'] ?? []), ...time] } : scopeImplies;
}

/**
 * Whether the audience is checked where nothing is said of it. RFC 9068 demands it of who verifies JWTs, and who names
 * audiences means it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
function isStrictUnlessSaid({ verify, audiences }: ParsedOptions): boolean {
  return verify === 'jwt' || audiences.length > 0;
}

/** @throws ConfigurationError where there are none, and no known pair may stand in for them */
function withCredentials(
  server: ParsedOptions['authServers'][number],
  { demoMode, verify }: ParsedOptions,
): AuthorizationServerConfig {
  const credentials = server.introspectionCredentials ?? (demoMode ? DEMO_RS_CREDENTIALS : undefined);
  if (!credentials && verify === 'introspection') {
    throw new ConfigurationError(
      'introspectionCredentials',
      'must be set outside demo mode: the id and secret that the authorization server knows this server by',
    );
  }
  return {
    ...server,
    introspectionCredentials: credentials,
    introspectionAuth: server.introspectionAuth ?? 'client_secret_basic',
  };
}
