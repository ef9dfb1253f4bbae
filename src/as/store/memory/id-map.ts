/** In so many parts: 2 million ids are 2,000 in each. */
const PARTS = 1024;

/** A map by ids. */
export interface IdMap<T> {
  get(id: string): T | undefined;
  set(id: string, value: T): void;
  delete(id: string): void;
}

/**
 * Makes a map that grows without a stall. A `Map` of a million entries is copied as a whole when it gets one too many, and
 * for a tenth of a second nothing else happens; here only the part is copied that the id is in.
 */
export function createIdMap<T>(): IdMap<T> {
  const parts: (Map<string, T> | undefined)[] = Array.from({ length: PARTS });
  return {
    get: (id) => parts[partOf(id)]?.get(id),
    set(id, value) {
      const part = (parts[partOf(id)] ??= new Map<string, T>());
      part.set(id, value);
    },
    delete(id) {
      const at = partOf(id);
      const part = parts[at];
      if (part?.delete(id) && part.size === 0) parts[at] = undefined;
    },
  };
}

/** By the last two characters, which of hashes and random values are random; other ids find a place as well. */
function partOf(id: string): number {
  const { length } = id;
  if (length < 2) return 0;
  return (id.charCodeAt(length - 1) * 31 + id.charCodeAt(length - 2)) % PARTS;
}
