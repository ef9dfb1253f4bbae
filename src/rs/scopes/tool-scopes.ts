import type { Tool } from '../tools/tool.js';

/** Tells which tools with scopes of their own a message calls, each once, and the scopes of all of them. */
export type ToolScopes = (body: unknown) => {
  readonly called: readonly string[];
  readonly scopes: readonly string[];
};

/**
 * Reads the calls from a message as it came, one or a batch (2025-03-26), before any SDK sees it. Whatever has the
 * method of a call counts, also what is malformed otherwise.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-03-26/basic#batching MCP 2025-03-26, batching}
 */
export function createToolScopes(tools: readonly Tool[]): ToolScopes {
  const scopesOf = new Map(tools.map(({ name, scopes }) => [name, scopes ?? []]));
  return (body) => {
    const called = [...new Set([body].flat().flatMap(toolCalledBy))].filter(
      (name) => (scopesOf.get(name) ?? []).length > 0,
    );
    return {
      called,
      scopes: [...new Set(called.flatMap((name) => scopesOf.get(name) ?? []))],
    };
  };
}

function toolCalledBy(message: unknown): readonly string[] {
  if (!isObject(message) || message['method'] !== 'tools/call' || !isObject(message['params'])) return [];
  const { name } = message['params'];
  return typeof name === 'string' ? [name] : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
