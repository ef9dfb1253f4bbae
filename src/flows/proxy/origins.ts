/** A server at two origins: its own, and the one of this proxy under which the client meets it. */
export interface OriginPair {
  /** of the server itself, as `https://mcp.example` */
  readonly upstream: string;
  /** of this proxy, as `http://localhost:7411` */
  readonly local: string;
}

/** Puts one spelling of a server in the place of the other, wherever URLs of it stand. */
export interface Origins {
  /** @returns the text with every URL of a server led to this proxy */
  outward(text: string): string;
  /** @returns the text with every URL of this proxy led to its server */
  inward(text: string): string;
  /** the same as `outward` for URLs without a scheme (`//as.example/x`) in a page */
  relativeOutward(page: string): string;
  /** what a CSP may name without a scheme: host and port of a server become those of this proxy */
  hostOutward(source: string): string;
  /** whether a URL is of a server that this proxy stands for */
  isUpstream(url: URL): boolean;
}

/** @param pairs those that the proxy stands for at this moment */
export function originsOf(pairs: readonly OriginPair[]): Origins {
  return {
    outward: (text) => pairs.reduce((result, { upstream, local }) => replaced(result, upstream, local), text),
    inward: (text) => pairs.reduce((result, { upstream, local }) => replaced(result, local, upstream), text),
    relativeOutward: (page) =>
      pairs.reduce((result, { upstream, local }) => {
        const found = new RegExp(`(?<=["'(=\\s])//${escaped(new URL(upstream).host)}${ENDS_HERE}`, 'gi');
        return result.replace(found, () => `//${new URL(local).host}`);
      }, page),
    hostOutward(source) {
      const pair = pairs.find(({ upstream }) => new URL(upstream).host === source.toLowerCase());
      return pair === undefined ? source : new URL(pair.local).host;
    },
    isUpstream: (url) => pairs.some(({ upstream }) => url.origin === upstream),
  };
}

/** The ways in which a URL is written inside of something else: as it is, in JSON, in a query, in a query of a query. */
const SPELLINGS: readonly ((origin: string) => string)[] = [
  (origin) => origin,
  (origin) => origin.replaceAll('/', '\\/'),
  (origin) => encodeURIComponent(origin),
  (origin) => encodeURIComponent(encodeURIComponent(origin)),
];

/** Another host or port begins with the same letters: `https://as.example` is not `https://as.example.org`. */
const ENDS_HERE = '(?![a-z0-9_-]|\\.[a-z0-9]|:\\d|%3A\\d|%253A\\d|@|%40)';

function replaced(text: string, from: string, to: string): string {
  return SPELLINGS.reduce((result, spelled) => {
    const found = new RegExp(`${escaped(spelled(from))}${ENDS_HERE}`, 'gi');
    return result.replace(found, () => spelled(to));
  }, text);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
