import type { RequirementId } from '../requirements.js';

/** What no test shows yet. */
export const OPEN: readonly RequirementId[] = [
  'mcp-cimd-cache',
  'oauth2.1-2.4.1-brute-force',
  'cimd-4.4-cache-headers',
  'cimd-4.4-no-errors',
  'cimd-4.4-no-invalid',
  'cimd-6.2-authentication',
];
