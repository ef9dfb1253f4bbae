import { Flags } from '@oclif/core';
import { forEachAuthorizationServer } from './each-authorization-server.js';

/** The ways to show credentials at an introspection endpoint, and their names in metadata. */
const AUTH_METHODS = { basic: 'client_secret_basic', post: 'client_secret_post' } as const;

/** How `rs` and `all` ask about tokens. */
export const introspectionFlags = {
  'introspection-endpoint': Flags.string({
    helpValue: '<url>',
    multiple: true,
    multipleNonGreedy: true,
    description:
      'where to ask about tokens, instead of the endpoint in the metadata of --auth-server, which then need not have' +
      ' any; with several --auth-server once for each',
    helpGroup: 'TOKENS',
  }),
  'introspection-auth': Flags.option({
    options: ['basic', 'post'] as const,
    multiple: true,
    multipleNonGreedy: true,
    description:
      'where --introspection-credentials go: into the Authorization header (basic, the default) or into the form; with' +
      ' several --auth-server once for each',
    helpGroup: 'TOKENS',
  })(),
  'introspection-timeout': Flags.integer({
    helpValue: '<milliseconds>',
    default: 5000,
    min: 1,
    max: 60_000,
    description: 'how long one question to an authorization server may take',
    helpGroup: 'TOKENS',
  }),
  'introspection-cache': Flags.integer({
    helpValue: '<seconds>',
    default: 0,
    min: 0,
    max: 3600,
    description:
      'for how long an answer that a token is good is kept, never past its exp; a revocation is seen that much later;' +
      ' off by default',
    helpGroup: 'TOKENS',
  }),
};

/** What these flags come to. */
export interface IntrospectionFlags {
  readonly 'introspection-endpoint'?: string[] | undefined;
  readonly 'introspection-auth'?: (keyof typeof AUTH_METHODS)[] | undefined;
  readonly 'introspection-timeout': number;
  readonly 'introspection-cache': number;
}

/** The options that hold for all authorization servers. */
export function introspectionOptions(flags: IntrospectionFlags) {
  return {
    introspectionTimeoutMs: flags['introspection-timeout'],
    introspectionCacheSeconds: flags['introspection-cache'],
  };
}

/**
 * The options of each authorization server.
 *
 * @param issuers `--auth-server`
 * @throws ConfigurationError where a flag is not given once for each
 */
export function introspectionOptionsOfEach(issuers: readonly string[], flags: IntrospectionFlags) {
  const endpoints = forEachAuthorizationServer(
    'introspection-endpoint',
    issuers,
    flags['introspection-endpoint'] ?? [],
  );
  const methods = forEachAuthorizationServer(
    'introspection-auth',
    issuers,
    flags['introspection-auth'] ?? [],
  );
  return issuers.map((_, at) => ({
    introspectionEndpoint: endpoints[at],
    introspectionAuth: methods[at] && AUTH_METHODS[methods[at]],
  }));
}
