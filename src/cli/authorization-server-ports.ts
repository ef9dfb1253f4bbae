import { performance } from 'node:perf_hooks';
import { createDocumentFetcher } from './fetch-document.js';

/** How the authorization server reaches the world when it runs as a process of its own. */
export function authorizationServerPorts(options: { readonly cimdAllowLoopback: boolean }) {
  const fetcher = createDocumentFetcher({ allowLoopback: options.cimdAllowLoopback });
  const milliseconds = () => performance.now();
  return { deps: { fetchDocument: fetcher.fetchDocument, milliseconds }, close: () => fetcher.close() };
}
