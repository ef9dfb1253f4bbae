import * as z from 'zod';
import { isScopeToken } from '../../shared/oauth/scope.js';

/**
 * One scope that a resource may ask for.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#refresh-tokens MCP authorization, refresh tokens: offline_access}
 */
export const resourceScope = z
  .string()
  .refine(isScopeToken, 'is not one scope (RFC 6749 §3.3)')
  .refine(
    (value) => value !== 'offline_access',
    'cannot be offline_access: refresh tokens are a matter of the client and the authorization server',
  );

/** What tokens must be good for. */
export const SCOPE_OPTIONS = {
  requiredScopes: z
    .array(
      z
        .string()
        .refine((value) => value !== '', 'is empty; --no-required-scope asks for none')
        .pipe(resourceScope),
    )
    .default(['user'])
    .transform((scopes) => [...new Set(scopes)]),
  scopeImplies: z
    .record(
      resourceScope,
      z.array(resourceScope).min(1, 'names no narrower scope'),
      'has a name that is not one scope (RFC 6749 §3.3)',
    )
    .default({}),
  scopedTools: z.boolean().default(false),
};
