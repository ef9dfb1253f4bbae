import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for a token that does not have the scope for what it is used for. */
export const STEP_UP_RULES = {
  'rs.insufficient-scope-status': {
    level: 'SHOULD',
    rule: 'a token without the scope for a request is answered with 403, not with 401',
    remedy:
      'answer 403 where the token is good and only its scope is not; 401 says that the token is not good',
    spec: SPEC.insufficientScope,
  },
  'rs.insufficient-scope-named': {
    level: 'SHOULD',
    rule: 'the answer names the scopes that the request needs',
    remedy: 'add scope="<all that the request needs>" to the challenge of the 403',
    spec: SPEC.insufficientScope,
  },
  'rs.insufficient-scope-metadata': {
    level: 'SHOULD',
    rule: 'the answer names the protected resource metadata (resource_metadata), as the 401 does',
    remedy: 'add resource_metadata="<URL of the protected resource metadata>" to the challenge of the 403',
    spec: SPEC.insufficientScope,
  },
  'rs.scope-challenge-complete': {
    level: 'SHOULD',
    rule: 'one answer names all the scopes that the request needs',
    remedy:
      'name every scope that the request needs at once: each further answer sends the user through another authorization',
    spec: SPEC.insufficientScope,
  },
  'rs.scope-challenge-sufficient': {
    level: 'SHOULD',
    rule: 'a token with the scopes that the answer names is enough for the request',
    remedy:
      'name exactly the scopes that the request is held against, and let a broader scope stand for the narrower ones',
    spec: SPEC.insufficientScope,
  },
} as const satisfies Readonly<Record<string, Rule>>;
