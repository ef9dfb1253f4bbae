/** Options whose flag has another name, mostly because the flag is given once for each value. */
const FLAG_OF_OPTION: Readonly<Record<string, string>> = {
  acceptedAlgorithms: 'accept-alg',
  acceptedTypes: 'accept-typ',
  allowHosts: 'allow-host',
  allowOrigins: 'allow-origin',
  audiences: 'audience',
  authServers: 'auth-server',
  redirectSchemes: 'allow-redirect-scheme',
  resources: 'resource',
  requiredScopes: 'required-scope',
  issuer: 'public-url',
  resource: 'public-url',
  clockToleranceSeconds: 'clock-tolerance',
  introspectionTimeoutMs: 'introspection-timeout',
  introspectionCacheSeconds: 'introspection-cache',
  storeKeys: 'store-key',
  rotateKeysEverySeconds: 'rotate-keys-every',
  refreshGraceSeconds: 'refresh-grace',
};

/**
 * An option as the command spells it: `unknownClients` is the flag `unknown-clients`.
 *
 * @param ownFlags of the command; one that has the name of the option goes before any other
 */
export function flagOfOption(option: string, ownFlags: readonly string[] = []): string {
  const spelled = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return ownFlags.includes(spelled) ? spelled : (FLAG_OF_OPTION[option] ?? spelled);
}
