import type { StepContext } from '../context.js';
import { SPEC } from '../specification/spec.js';

/** What is known of scopes before the authorization request. */
export interface ScopeSources {
  readonly challenged: string | undefined;
  readonly supported: readonly string[] | undefined;
}

/**
 * The scope to ask for: that of the challenge, else all that the resource lists, else none.
 *
 * @returns undefined if the parameter is to be left out
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#scope-selection-strategy MCP, scope selection strategy}
 */
export function selectScope(context: StepContext, all: ScopeSources): string | undefined {
  const sources = context.rules.scopesFromResource ? all : { ...all, supported: undefined };
  const { scope, because } = chooseScope(context.plan.scope, sources);
  context.decide(
    scope === undefined
      ? 'Asks for no scope; the authorization server decides'
      : `Asks for the scope "${scope}"`,
    because,
    SPEC.scopeSelection,
  );
  return scope;
}

function chooseScope(
  wanted: string | undefined,
  { challenged, supported }: ScopeSources,
): { scope: string | undefined; because: string } {
  if (wanted !== undefined) return { scope: wanted === '' ? undefined : wanted, because: 'its user said so' };
  if (challenged !== undefined) return { scope: challenged, because: 'the challenge names it' };
  if (supported !== undefined && supported.length > 0) {
    return {
      scope: supported.join(' '),
      because: 'the challenge names none; these are all that the resource lists (scopes_supported)',
    };
  }
  return { scope: undefined, because: 'nothing that the client goes by names one' };
}
