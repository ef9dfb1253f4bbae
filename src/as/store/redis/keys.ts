import type { Kind, ListedKind, TrimmedKind } from '../records.js';

/** What the keys and values look like; another number, and nothing that is there is read. */
const SCHEMA_VERSION = 1;

/**
 * What everything is called in Redis.
 *
 * All of one issuer begins with `mcp-oauth-demo:1:<issuer>#`; neither an issuer nor what is escaped holds a `#` there, so
 * two issuers never meet. No key has a hash tag that clients could choose: in a cluster the records are spread evenly, and
 * nobody can send all of them to one node.
 */
export interface Keys {
  record(kind: Kind, id: string): string;
  /** The id in the key of a record. */
  idOf(kind: Kind, key: string): string;
  /** A glob for the keys of all records of a kind. */
  pattern(kind: Kind): string;
  counter(name: string): string;
  /** Ids of the records whose member has this value; without a member, of all. */
  index(kind: ListedKind, member?: string, value?: string): string;
  /** Ids in the order of writing, and by their end; together on one node, since one script changes both. */
  line(kind: TrimmedKind): readonly [order: string, ends: string];
  /** For a look at what this server may do. */
  probe(name: string): string;
}

/** Names the keys of one issuer. */
export function keysOf(issuer: string): Keys {
  const prefix = `mcp-oauth-demo:${SCHEMA_VERSION}:${escaped(issuer)}#`;
  const startOf = (kind: Kind) => `${prefix}${kind}:`;
  return {
    record: (kind, id) => startOf(kind) + escaped(id),
    idOf: (kind, key) => unescaped(key.slice(startOf(kind).length)),
    pattern: (kind) => `${startOf(kind)}*`,
    counter: (name) => `${prefix}counter:${escaped(name)}`,
    index: (kind, member, value = '') =>
      `${prefix}index:${kind}${member === undefined ? '' : `:${member}:${escaped(value)}`}`,
    line: (kind) => [`{${prefix}line:${kind}}:order`, `{${prefix}line:${kind}}:ends`],
    probe: (name) => `${prefix}probe:${escaped(name)}`,
  };
}

/**
 * What a key may hold as it is: enough to read URLs and hashes in it, and nothing that means something to a glob, a hash
 * tag or a terminal. The rest is written as a % and four hexadecimal digits for each UTF-16 unit, so no two ids become one,
 * not even such as are no proper Unicode.
 */
function escaped(id: string): string {
  return id.replace(
    /[^\w.~:/@=&+,;!$'()-]/g,
    (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{4})/g, (_escape, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
