/** The cookies of one visit; kept by host, as browsers do, which do not tell ports apart. */
export interface CookieJar {
  /** the value of a `Cookie` header, '' if there is none to send */
  headerFor(url: URL): string;
  keep(url: URL, headers: Headers): void;
}

/** A jar that lives as long as the visit. Attributes other than the ones that delete a cookie make no difference here. */
export function createCookieJar(): CookieJar {
  const hosts = new Map<string, Map<string, string>>();
  return {
    headerFor: (url) => [...(hosts.get(url.hostname) ?? [])].map((pair) => pair.join('=')).join('; '),
    keep(url, headers) {
      const cookies = hosts.get(url.hostname) ?? new Map<string, string>();
      hosts.set(url.hostname, cookies);
      for (const line of headers.getSetCookie()) {
        const [, name, value] = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(line) ?? [];
        if (name === undefined || value === undefined) continue;
        if (/;\s*max-age\s*=\s*(0|-)/i.test(line)) cookies.delete(name);
        else cookies.set(name, value.trim());
      }
    },
  };
}
