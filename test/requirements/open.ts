import type { RequirementId } from '../requirements.js';

/** What no test shows yet. */
export const OPEN: readonly RequirementId[] = [
  'mcp-cimd-cache',
  'oauth2.1-2.4.1-brute-force',
  'rfc7591-2-client-uri',
  'rfc7591-2-logo-uri',
  'rfc7591-2-tos-uri',
  'rfc7591-2-policy-uri',
  'rfc7591-5-same-host',
  'cimd-4.4-cache-headers',
  'cimd-4.4-no-errors',
  'cimd-4.4-no-invalid',
  'cimd-6.2-authentication',
];
