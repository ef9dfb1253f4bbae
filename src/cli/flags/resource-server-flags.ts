import { Flags } from '@oclif/core';
import { forEachAuthorizationServer } from './each-authorization-server.js';
import {
  type IntrospectionFlags,
  introspectionFlags,
  introspectionOptions,
  introspectionOptionsOfEach,
} from './introspection-flags.js';
import { type McpFlags, mcpFlags, mcpOptions } from './mcp-flags.js';
import { parseCredentials } from './values.js';
import { type ClientFlags, clientOptions, placeFlags } from './place-flags.js';
import { type ScopeFlags, scopeFlags, scopeOptions } from './scope-flags.js';
import { type VerificationFlags, verificationFlags, verificationOptions } from './verification-flags.js';

/** Where the MCP endpoint is on the server. */
const MCP_PATH = '/mcp';

/** What `rs` and `all` can set of the resource server. */
export const resourceServerFlags = {
  ...placeFlags(8001),
  'allow-host': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '<host>',
    description:
      'host name that requests may be sent to, beside that of --public-url and those of this machine; repeatable;' +
      ' any unless given, but in demo mode those of this machine only',
    helpGroup: 'PLACE',
  }),
  'auth-server': Flags.string({
    helpValue: '<url>',
    multiple: true,
    multipleNonGreedy: true,
    default: ['http://localhost:9000'],
    description: 'issuer of an authorization server whose tokens are accepted; repeatable',
    helpGroup: 'TOKENS',
  }),
  'introspection-credentials': Flags.string({
    helpValue: '<id:secret>',
    multiple: true,
    multipleNonGreedy: true,
    description:
      'what this server shows at the introspection endpoint; a known pair in demo mode; with several --auth-server' +
      ' once for each, in their order (in the environment: one a line)',
    env: 'MCP_OAUTH_DEMO_INTROSPECTION_CREDENTIALS',
    helpGroup: 'TOKENS',
  }),
  ...verificationFlags,
  ...introspectionFlags,
  ...scopeFlags,
  ...mcpFlags,
};

/** What the flags of the MCP server come to. */
export interface ResourceServerFlags
  extends McpFlags, ScopeFlags, VerificationFlags, IntrospectionFlags, ClientFlags {
  readonly 'auth-server': string[];
  readonly 'insecure-http': boolean;
  /** a string where it is from the environment */
  readonly 'introspection-credentials'?: string[] | string | undefined;
  readonly 'allow-origin'?: string[] | undefined;
  readonly 'allow-host'?: string[] | undefined;
}

/**
 * The options of the resource server, as the flags give them; it validates them itself.
 *
 * @param url where the server is reached, without the path of MCP
 * @throws ConfigurationError for a value that can't be read
 */
export function resourceServerOptions(flags: ResourceServerFlags, url: string) {
  return {
    resource: `${url}${MCP_PATH}`,
    authServers: trustedAuthorizationServers(flags),
    insecureHttp: flags['insecure-http'],
    ...verificationOptions(flags),
    ...scopeOptions(flags),
    allowOrigins: flags['allow-origin'] ?? [],
    ...introspectionOptions(flags),
    ...mcpOptions(flags),
    allowHosts: flags['allow-host'] ?? [],
    ...clientOptions(flags),
  };
}

/** An authorization server as the options of the resource server take it. */
export interface TrustedAuthorizationServer {
  readonly issuer: string;
  readonly introspectionCredentials: { readonly id: string; readonly secret: string } | undefined;
  readonly introspectionEndpoint: string | undefined;
  readonly introspectionAuth: 'client_secret_basic' | 'client_secret_post' | undefined;
}

/** The authorization servers, each with what was given for it. */
function trustedAuthorizationServers(flags: ResourceServerFlags): readonly TrustedAuthorizationServer[] {
  const issuers = flags['auth-server'];
  const asked = introspectionOptionsOfEach(issuers, flags);
  const credentials = forEachAuthorizationServer(
    'introspection-credentials',
    issuers,
    linesOf(flags['introspection-credentials']),
  );
  return issuers.map((issuer, at) => ({
    issuer,
    ...asked[at]!,
    introspectionCredentials:
      credentials[at] === undefined
        ? undefined
        : parseCredentials('introspection-credentials', credentials[at]),
  }));
}

function linesOf(value: string[] | string | undefined): readonly string[] {
  return typeof value === 'string' ? value.split('\n').filter((line) => line !== '') : (value ?? []);
}
