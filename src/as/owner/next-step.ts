import type { Services } from '../services.js';
import type { AuthorizationRequest, ClientRecord } from '../store/records.js';
import { isConsentRemembered } from './remembered-consent.js';
import type { Session } from './session.js';

/**
 * The session, if it is enough for the request: somebody is signed in, the client does not want them to do it again,
 * and it does not expect somebody else.
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest OpenID Connect Core §3.1.2.1}
 */
export function sessionFor(
  { clock, users }: Services,
  { prompt, max_age, login_hint }: AuthorizationRequest,
  session: Session | undefined,
): Session | undefined {
  if (!session || prompt.includes('login')) return undefined;
  // Zero means the same as prompt=login, also within the second of the last sign-in.
  const age = clock.now() - session.auth_time;
  if (max_age !== undefined && (max_age === 0 || age > max_age)) return undefined;
  // There is one demo user, whoever the client hopes for.
  const expectsAnother = !users.none && login_hint !== undefined && login_hint !== session.sub;
  return expectsAnother ? undefined : session;
}

/** Whether somebody who is signed in is asked before the client gets its answer. */
export async function needsConsent(
  services: Services,
  client: ClientRecord,
  request: AuthorizationRequest,
  sub: string,
): Promise<boolean> {
  // The consent page names the user and offers to sign in as another: there an account is selected.
  const wanted = request.prompt.includes('consent') || request.prompt.includes('select_account');
  return wanted || !(await isConsentRemembered(services, client, request, sub));
}
