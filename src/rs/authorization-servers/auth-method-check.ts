import type { Emit } from '../../shared/events/emitter.js';
import type { IntrospectionAuth, Verification } from '../config/options.js';
import type { FoundAuthorizationServer } from './found.js';

/** What the metadata is held against. */
export interface AuthMethodCheckOptions {
  readonly verify: Verification;
  /** how this server authenticates at the introspection endpoint */
  readonly introspectionAuth: IntrospectionAuth;
  readonly emit: Emit;
}

/**
 * Warns, once, if an authorization server does not list the way in which this server authenticates at its introspection
 * endpoint. It is tried all the same: what is listed is often incomplete, and what is not listed is no refusal.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 */
export function createAuthMethodCheck({
  verify,
  introspectionAuth,
  emit,
}: AuthMethodCheckOptions): (found: FoundAuthorizationServer) => void {
  let told = false;
  return ({ issuer, introspectionAuthMethods: supported }) => {
    if (told || verify !== 'introspection' || !supported || supported.includes(introspectionAuth)) return;
    told = true;
    emit(
      { kind: 'introspection.auth_not_listed', issuer, auth_method: introspectionAuth, supported },
      'warning',
    );
  };
}
