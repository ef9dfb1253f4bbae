import type { Meaning } from '../record/recorded-exchange.js';
import { documentIn, type Servers } from './servers.js';
import { callbackOutward } from './translation.js';

/** A `Location` as the browser gets it, with what was changed in it. */
export interface RewrittenLocation {
  readonly location: string;
  readonly changes: readonly string[];
}

/** Tells redirects to the client from those within a login, and from those that leave it. */
export interface Redirects {
  /** Remembers where the client wants its answer. */
  learn(meaning: Meaning, url: URL, body: string): void;
  /** @param upstream URL that was asked, with its query */
  outward(
    location: string,
    upstream: string,
    exchange: { readonly to: 'as' | 'rs'; readonly meaning: Meaning },
  ): RewrittenLocation;
}

/** So many addresses of clients are remembered. */
const MAX_REMEMBERED = 1000;

/** @param servers decides what is inside */
export function createRedirects(servers: Servers): Redirects {
  const callbacks = new Set<string>();
  const remember = (uri: unknown) => {
    const url = typeof uri === 'string' ? URL.parse(uri) : null;
    if (url === null) return;
    callbacks.add(withoutQuery(url));
    if (callbacks.size > MAX_REMEMBERED) callbacks.delete([...callbacks][0]!);
  };

  return {
    learn(meaning, url, body) {
      if (meaning === 'registration') {
        const uris = documentIn(body)?.['redirect_uris'];
        if (Array.isArray(uris)) uris.slice(0, 20).forEach(remember);
        return;
      }
      remember(url.searchParams.get('redirect_uri'));
      remember(new URLSearchParams(body).get('redirect_uri'));
    },
    outward(location, upstream, { to, meaning }) {
      const url = URL.parse(location, upstream);
      if (url === null) return { location, changes: [] };
      if (callbacks.has(withoutQuery(url)) || !/^https?:$/.test(url.protocol)) {
        const shown = callbackOutward(location, servers.origins('as'));
        return {
          location: shown,
          changes: shown === location ? [] : ['iss in the answer names the issuer as the client knows it'],
        };
      }
      const origins = servers.origins(to);
      const isInside = origins.isUpstream(url);
      if (isInside || to === 'rs') {
        // What names no host stays what it is; `//host` does name one.
        return {
          location: isInside ? origins.outward(location.replace(/^(?=\/\/)/, url.protocol)) : location,
          changes: [],
        };
      }
      if (meaning !== 'authorization-request' && meaning !== 'sign-in') return { location, changes: [] };
      servers.goOutside(`the login goes on at another host (${url.origin})`);
      // The real server can't know a browser that has its cookies from here: from its first page on, it may.
      return meaning === 'authorization-request'
        ? {
            location: upstream,
            changes: [
              `the login goes on at another host (${url.origin}): the browser is sent to the real server`,
            ],
          }
        : { location, changes: [`the login goes on at another host (${url.origin})`] };
    },
  };
}

function withoutQuery(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}
