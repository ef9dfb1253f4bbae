import { missingScopes } from '../../shared/oauth/scope.js';

/** Which scopes are included in broader ones. */
export interface ScopeHierarchy {
  /** The tokens of `needed` that `granted` neither names nor implies. */
  missing(needed: readonly string[], granted: readonly string[]): readonly string[];
}

/**
 * Creates a hierarchy from what its operator says of it. Nothing is told from the names: that `time` includes
 * `time:write` is a convention of some servers, and at others the two have nothing to do with each other.
 *
 * @param implies the narrower scopes of a broad one; they may be broad ones themselves, in any order, and circles do no
 *   harm
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#step-up-authorization-flow MCP authorization, step-up: hierarchies}
 */
export function createScopeHierarchy(implies: Readonly<Record<string, readonly string[]>>): ScopeHierarchy {
  const direct = new Map(Object.entries(implies));
  const included = new Map([...direct.keys()].map((scope) => [scope, reachable(scope, direct)]));
  return {
    missing(needed, granted) {
      const named = missingScopes(needed, granted);
      return named.length === 0
        ? named
        : named.filter((scope) => !granted.some((broad) => included.get(broad)?.has(scope)));
    },
  };
}

/** All that a scope implies, by itself or through others. */
function reachable(from: string, direct: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(direct.get(from) ?? [])];
  for (let scope = open.pop(); scope !== undefined; scope = open.pop()) {
    if (found.has(scope)) continue;
    found.add(scope);
    open.push(...(direct.get(scope) ?? []));
  }
  return found;
}
