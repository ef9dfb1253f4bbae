import { performance } from 'node:perf_hooks';
import { globalFetch } from '../shared/http/fetch.js';
import { createFormPoster } from './post-form.js';
import type { TlsIdentity } from './tls.js';

/**
 * How the resource server reaches the world when it runs as a process of its own.
 *
 * @param tls what it shows who it is with; its certificate is trusted on the way out too, so that a pair can go by one
 *   certificate that nobody signed
 * @returns `fetch` is the way out for whatever else the process asks for
 */
export async function resourceServerPorts(tls: TlsIdentity | undefined) {
  const milliseconds = () => performance.now();
  if (!tls) {
    const poster = createFormPoster();
    return { fetch: globalFetch, deps: { postForm: poster.post, milliseconds }, close: () => poster.close() };
  }
  const { fetchTrusting, trustIn } = await import('./trust.js');
  const trust = trustIn(tls.certificate);
  const poster = createFormPoster(trust);
  const trusting = fetchTrusting(trust);
  return {
    fetch: trusting.fetch,
    deps: { postForm: poster.post, fetch: trusting.fetch, milliseconds },
    close: async () => {
      await Promise.all([poster.close(), trusting.close()]);
    },
  };
}
