import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for clients that run in a browser, on a page of another origin. */
export const CROSS_ORIGIN_RULES = {
  'rs.cors-mcp': {
    level: 'MAY',
    rule: 'a page may send MCP requests: the preflight allows its origin, and the headers of MCP',
    remedy:
      'for clients in the browser, answer OPTIONS with 204, Access-Control-Allow-Origin and Access-Control-Allow-Headers: Authorization, Content-Type, MCP-Protocol-Version, Mcp-Method, Mcp-Name',
    spec: SPEC.cors,
  },
  'rs.cors-authorization-named': {
    level: 'SHOULD',
    rule: 'where a page may send MCP requests, Authorization is named among the allowed headers: * does not stand for it',
    remedy: 'name Authorization in Access-Control-Allow-Headers',
    spec: SPEC.corsAuthorization,
  },
  'rs.cors-challenge': {
    level: 'SHOULD',
    rule: 'where a page may send MCP requests, it may read the challenge of the 401 too',
    remedy:
      'send Access-Control-Allow-Origin with errors as well, and Access-Control-Expose-Headers: WWW-Authenticate',
    spec: SPEC.corsExpose,
  },
  'rs.cors-session': {
    level: 'SHOULD',
    rule: 'where a page may send MCP requests and the server keeps sessions, it may read the session id',
    remedy: 'send Access-Control-Expose-Headers: Mcp-Session-Id',
    spec: SPEC.corsExpose,
  },
  'rs.cors-metadata': {
    level: 'MAY',
    rule: 'a page may read the protected resource metadata',
    remedy: 'send Access-Control-Allow-Origin: * with the metadata: it is public',
    spec: SPEC.cors,
  },
  'rs.cors-credentials': {
    level: 'SHOULD',
    rule: 'no answer allows every origin and cookies at once, which browsers refuse',
    remedy: 'leave Access-Control-Allow-Credentials out: tokens go in a header',
    spec: SPEC.corsCredentials,
  },
  'rs.cors-vary': {
    level: 'SHOULD',
    rule: 'an answer that names the origin that asked says so to caches (Vary: Origin)',
    remedy: 'send Vary: Origin, or Access-Control-Allow-Origin: *',
    spec: SPEC.corsCaches,
  },
  'as.cors-metadata': {
    level: 'MAY',
    rule: 'a page may read the authorization server metadata',
    remedy: 'send Access-Control-Allow-Origin: * with the metadata: it is public',
    spec: SPEC.corsEndpoints,
  },
  'as.cors-token': {
    level: 'MAY',
    rule: 'a page may use the token endpoint',
    remedy:
      'for clients in the browser, answer OPTIONS and POST at the token endpoint with Access-Control-Allow-Origin',
    spec: SPEC.corsEndpoints,
  },
  'as.cors-registration': {
    level: 'MAY',
    rule: 'a page may register: the preflight allows its origin, and Content-Type',
    remedy:
      'for clients in the browser, answer OPTIONS at the registration endpoint with Access-Control-Allow-Origin and Access-Control-Allow-Headers: Content-Type',
    spec: SPEC.corsEndpoints,
  },
  'as.cors-not-authorization': {
    level: 'MUST',
    rule: 'no page may read what the authorization endpoint answers: browsers are sent there, scripts have no business there',
    remedy: 'send no Access-Control-Allow-Origin at the authorization endpoint',
    spec: SPEC.corsEndpoints,
  },
  'as.cors-credentials': {
    level: 'SHOULD',
    rule: 'no answer allows every origin and cookies at once, which browsers refuse',
    remedy: 'leave Access-Control-Allow-Credentials out: no endpoint for clients needs cookies',
    spec: SPEC.corsCredentials,
  },
  'as.cors-vary': {
    level: 'SHOULD',
    rule: 'an answer that names the origin that asked says so to caches (Vary: Origin)',
    remedy: 'send Vary: Origin, or Access-Control-Allow-Origin: *',
    spec: SPEC.corsCaches,
  },
} as const satisfies Readonly<Record<string, Rule>>;
