import { ConfigurationError } from '../../shared/configuration-error.js';

/**
 * What was given once for each authorization server, in their order.
 *
 * @param flag for the error
 * @throws ConfigurationError unless there are none, or as many as authorization servers: what belongs to one of them, as
 *   a secret, must not go to another
 */
export function forEachAuthorizationServer<Value>(
  flag: string,
  issuers: readonly string[],
  values: readonly Value[],
): readonly Value[] {
  if (values.length === 0 || values.length === issuers.length) return values;
  throw new ConfigurationError(
    flag,
    `is given ${values.length} times and --auth-server ${issuers.length} times; give it once for each, in their order`,
  );
}
