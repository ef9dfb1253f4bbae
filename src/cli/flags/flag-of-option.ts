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
  rotateKeysEverySeconds: 'rotate-keys-every',
  refreshGraceSeconds: 'refresh-grace',
};

/** An option of a server as its own command spells it: `unknownClients` is the flag `unknown-clients`. */
export function flagOfOption(option: string): string {
  return FLAG_OF_OPTION[option] ?? option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
