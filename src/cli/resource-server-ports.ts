import { performance } from 'node:perf_hooks';
import { createFormPoster } from './post-form.js';

/** How the resource server reaches the world when it runs as a process of its own. */
export function resourceServerPorts() {
  const poster = createFormPoster();
  return {
    deps: { postForm: poster.post, milliseconds: () => performance.now() },
    close: () => poster.close(),
  };
}
