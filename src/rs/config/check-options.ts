import { parseConfig } from './index.js';
import type { ResourceServerOptions } from './options.js';

/**
 * Checks the options of a resource server without making one, as for a command that must not take a port in vain.
 *
 * @returns what depends on several of them
 * @throws ConfigurationError that names the first option that is wrong
 */
export function checkResourceServerOptions(options: ResourceServerOptions): {
  /** whether a token for another resource will be refused */
  readonly oauthStrict: boolean;
} {
  const { oauthStrict } = parseConfig(options);
  return { oauthStrict };
}
