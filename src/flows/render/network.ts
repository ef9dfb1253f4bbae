import type { NetworkConditions } from '../trace/trace.js';

/** What a reader must know of the way to the servers, a sentence each; none where it is direct and verified. */
export function networkSentences({ proxies, tls_verified: verified }: NetworkConditions): readonly string[] {
  return [
    ...(verified
      ? []
      : [
          'TLS certificates are not verified (--insecure): whoever is on the way can read and change all of this',
        ]),
    ...(proxies.length === 0 ? [] : [`hosts beyond loopback are reached by way of ${proxies.join(' and ')}`]),
  ];
}
