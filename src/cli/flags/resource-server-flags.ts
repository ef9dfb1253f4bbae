import { Flags } from '@oclif/core';
import { parseCredentials } from './values.js';
import { placeFlags } from './place-flags.js';

/** Where the MCP endpoint is on the server. */
const MCP_PATH = '/mcp';

/** What `rs` and `all` can set of the resource server. */
export const resourceServerFlags = {
  ...placeFlags(8001),
  'auth-server': Flags.string({
    helpValue: '<url>',
    default: 'http://localhost:9000',
    description: 'issuer of the authorization server whose tokens are accepted',
    helpGroup: 'TOKENS',
  }),
  'introspection-credentials': Flags.string({
    helpValue: '<id:secret>',
    description: 'what this server shows at the introspection endpoint; a known pair in demo mode',
    env: 'MCP_OAUTH_DEMO_INTROSPECTION_CREDENTIALS',
    helpGroup: 'TOKENS',
  }),
  'oauth-strict': Flags.boolean({
    allowNo: true,
    default: false,
    description: 'refuse a token whose audience is not this server (RFC 8707); off by default',
    helpGroup: 'TOKENS',
  }),
  'required-scope': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    default: ['user'],
    description: 'scope that every request needs; repeatable',
    helpGroup: 'TOKENS',
  }),
  transport: Flags.option({
    options: ['streamable-http'] as const,
    default: 'streamable-http' as const,
    description: 'MCP transport',
    helpGroup: 'PLACE',
  })(),
};

/** What the flags of the MCP server come to. */
export interface ResourceServerFlags {
  readonly 'auth-server': string;
  readonly 'insecure-http': boolean;
  readonly 'introspection-credentials'?: string | undefined;
  readonly 'oauth-strict': boolean;
  readonly 'required-scope': string[];
  readonly 'allow-origin'?: string[] | undefined;
}

/**
 * The options of the resource server, as the flags give them; it validates them itself.
 *
 * @param url where the server is reached, without the path of MCP
 * @throws ConfigurationError for a value that can't be read
 */
export function resourceServerOptions(flags: ResourceServerFlags, url: string) {
  const credentials = flags['introspection-credentials'];
  return {
    resource: `${url}${MCP_PATH}`,
    authServer: flags['auth-server'],
    insecureHttp: flags['insecure-http'],
    ...(credentials === undefined
      ? {}
      : { introspectionCredentials: parseCredentials('introspection-credentials', credentials) }),
    oauthStrict: flags['oauth-strict'],
    requiredScopes: flags['required-scope'],
    allowOrigins: flags['allow-origin'] ?? [],
  };
}
