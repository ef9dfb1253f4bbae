import type { LivePages, LiveSource } from './live-source.js';

/** Serves what is under `/flows`. */
export function createLivePages(_source: LiveSource): LivePages {
  return { fetch: async () => undefined, close: async () => undefined };
}
