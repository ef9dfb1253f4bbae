import { createDocumentFetcher } from './fetch-document.js';

/** How the authorization server reaches the world when it runs as a process of its own. */
export function authorizationServerPorts(options: { readonly cimdAllowLoopback: boolean }) {
  const fetcher = createDocumentFetcher({ allowLoopback: options.cimdAllowLoopback });
  return { deps: { fetchDocument: fetcher.fetchDocument }, close: () => fetcher.close() };
}
