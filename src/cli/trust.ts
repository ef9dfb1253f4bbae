import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { Agent, fetch as fetchThrough } from 'undici';
import type { Fetch } from '../shared/http/fetch.js';

/** How connections are made that trust one certificate more than Node does. */
export interface Trust {
  readonly ca: string[];
  /** so that a certificate which somebody else signed can be trusted for itself */
  readonly allowPartialTrustChain: true;
}

/**
 * Trusts a certificate beside the ones that Node brings along and those of `NODE_EXTRA_CA_CERTS`: naming any replaces
 * them all.
 *
 * @param certificate PEM
 */
export function trustIn(certificate: string): Trust {
  return { ca: [...rootCertificates, ...extraCertificates(), certificate], allowPartialTrustChain: true };
}

/** Node itself warns if the file cannot be read. */
function extraCertificates(): string[] {
  const path = process.env['NODE_EXTRA_CA_CERTS'];
  if (path === undefined || path === '') return [];
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}

/** `fetch` over connections of its own; Node's takes no other trust than Node's. */
export function fetchTrusting(trust: Trust): { readonly fetch: Fetch; close(): Promise<void> } {
  const dispatcher = new Agent({ connect: trust });
  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const { url, method, headers, signal, redirect } = request;
      const body = request.body === null ? null : await request.arrayBuffer();
      return fetchThrough(url, { method, headers: [...headers], signal, redirect, body, dispatcher });
    },
    close: () => dispatcher.destroy(),
  };
}
