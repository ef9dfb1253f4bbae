import type { JsonSchema } from './schema.js';

/** Marks a property of a tool's input that clients of MCP 2026-07-28 repeat in a header, `Mcp-Param-…`. */
const MARK = 'x-mcp-header';

/** RFC 9110's `token`. */
const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/;

const TYPES: readonly unknown[] = ['string', 'integer', 'boolean'];

/**
 * Holds the marks in an input schema against the rules for them. Clients leave out a tool that breaks one, and its
 * author would never learn why.
 *
 * @param schema as clients see it
 * @throws Error in words for the author
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#schema-extension MCP, schema extension}
 */
export function checkMirroredArguments(schema: JsonSchema): void {
  const names = new Set<string>();
  for (const { marked, isReachable } of marksIn(schema, true)) {
    const { [MARK]: name, type } = marked;
    if (typeof name !== 'string' || !TOKEN.test(name))
      throw new Error(`${MARK} must be a part of a header's name`);
    if (!isReachable) throw new Error(`${MARK} ${name} must stand below nothing but properties`);
    if (!TYPES.includes(type)) throw new Error(`${MARK} ${name} must be of a string, integer or boolean`);
    if (names.has(name.toLowerCase())) throw new Error(`${MARK} ${name} is there twice`);
    names.add(name.toLowerCase());
  }
}

/** @param isReachable whether a chain of nothing but `properties` leads here: only then do clients find the argument */
function* marksIn(
  schema: unknown,
  isReachable: boolean,
): Generator<{ marked: JsonSchema; isReachable: boolean }> {
  if (!isRecord(schema)) return;
  // A record would be the schema of a property that has this name.
  if (MARK in schema && !isRecord(schema[MARK])) yield { marked: schema, isReachable };
  for (const [keyword, below] of Object.entries(schema)) {
    if (keyword !== 'properties' || !isRecord(below)) yield* marksIn(below, false);
    else for (const property of Object.values(below)) yield* marksIn(property, isReachable);
  }
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}
