import type { RefusalReason } from '../../../src/shared/oauth/errors.js';
import type { Issuer } from './issuer.js';

/** What a request carries beside its message. */
export interface Shown {
  readonly headers: readonly (readonly [string, string])[];
  readonly query?: string;
  /** a form that is sent in place of the message */
  readonly form?: string;
  /** what must not appear in any answer or log */
  readonly secrets: readonly string[];
}

/** What comes of a request. */
export type Verdict =
  | { readonly status: 200 }
  | { readonly status: number; readonly reason: RefusalReason; readonly error?: string };

export const GOOD: Verdict = { status: 200 };
/** 401 that names no error, since there was no token. */
export const withoutToken = (reason: RefusalReason): Verdict => ({ status: 401, reason });
export const malformed = (reason: RefusalReason): Verdict => ({
  status: 400,
  reason,
  error: 'invalid_request',
});
export const invalid = (reason: RefusalReason): Verdict => ({ status: 401, reason, error: 'invalid_token' });
export const lacking = (reason: RefusalReason): Verdict => ({
  status: 403,
  reason,
  error: 'insufficient_scope',
});
export const unavailable = (reason: RefusalReason): Verdict => ({
  status: 503,
  reason,
  error: 'temporarily_unavailable',
});

/** One row of the matrix. */
export interface MatrixCase {
  readonly name: string;
  readonly show: (issuer: Issuer) => Shown;
  readonly introspection: Verdict;
  readonly jwt: Verdict;
  /** why the verifiers differ, where they do */
  readonly because?: string;
  /** whether the request is the first that the server gets; otherwise a session, in 2025, is open */
  readonly first?: boolean;
}

/** A row on which both verifiers agree. */
export function both(name: string, show: MatrixCase['show'], verdict: Verdict): MatrixCase {
  return { name, show, introspection: verdict, jwt: verdict };
}

/** A row on which they do not. */
export function differing(
  name: string,
  show: MatrixCase['show'],
  verdicts: { readonly introspection: Verdict; readonly jwt: Verdict; readonly because: string },
): MatrixCase {
  return { name, show, ...verdicts };
}

/** A row whose request is the first that the server gets. */
export function onFirstRequest(row: MatrixCase): MatrixCase {
  return { ...row, first: true };
}

/** A token where it belongs. */
export function bearer(token: string): Shown {
  return { headers: [['authorization', `Bearer ${token}`]], secrets: [token] };
}

/** A header of any form, made of a good token. */
export function header(write: (token: string) => string): MatrixCase['show'] {
  return (issuer) => {
    const token = issuer.issues();
    return { headers: [['authorization', write(token)]], secrets: [token] };
  };
}
