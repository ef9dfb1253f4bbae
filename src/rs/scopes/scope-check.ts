import type { ResourceServerConfig } from '../config/index.js';
import type { Tool } from '../tools/tool.js';
import type { VerifiedToken } from '../verifiers/token-verifier.js';
import { createScopeHierarchy } from './hierarchy.js';
import { createToolScopes } from './tool-scopes.js';

/** What a token lacks for what was asked with it. */
export interface ScopeLack {
  /** the tools that were called; empty where it is the server as a whole that asks for more */
  readonly tools: readonly string[];
  /** all scopes that it takes, whether the token has them or not: what the client has to ask for */
  readonly needed: readonly string[];
  readonly missing: readonly string[];
}

/** Holds the scopes of tokens against what is needed. */
export interface ScopeCheck {
  /** What the token lacks for any request. */
  ofServer(token: VerifiedToken): ScopeLack | undefined;
  /** What it lacks for the tools that a message calls, all of them together. */
  ofCalls(body: unknown, token: VerifiedToken): ScopeLack | undefined;
}

/** Creates the check for a server with these tools. */
export function createScopeCheck(
  { requiredScopes, scopeImplies }: Pick<ResourceServerConfig, 'requiredScopes' | 'scopeImplies'>,
  tools: readonly Tool[],
): ScopeCheck {
  const hierarchy = createScopeHierarchy(scopeImplies);
  const toolScopesOf = createToolScopes(tools);
  const lack = (called: readonly string[], needed: readonly string[], { scope }: VerifiedToken) => {
    const missing = hierarchy.missing(needed, scope);
    return missing.length === 0 ? undefined : { tools: called, needed, missing };
  };
  return {
    ofServer: (token) => lack([], requiredScopes, token),
    ofCalls(body, token) {
      const { called, scopes } = toolScopesOf(body);
      return called.length === 0
        ? undefined
        : lack(called, [...new Set([...requiredScopes, ...scopes])], token);
    },
  };
}
