import type { Parameters } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { constantTimeEqual, hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import type { SessionRecord } from '../store/records.js';
import { newSecret } from '../tokens/opaque.js';
import { droppedCookie, newCookie, readCookie } from './cookies.js';
import { checkSameSite } from './same-site.js';

/** How long somebody stays signed in, in seconds, whether they come by or not. */
const SESSION_SECONDS = 8 * 3600;

/** How many sessions a user may have at once, give or take those of {@link LOOKED_AT_EVERY} sign-ins. */
const MAX_SESSIONS = 1000;
const LOOKED_AT_EVERY = 100;

/** Somebody who has signed in in this browser. */
export interface Session extends SessionRecord {
  /** for the forms of pages that belong to the session and not to one request of a client; good as long as it lasts */
  readonly csrfToken: string;
}

/** Who is signed in in the browser that sent the request; undefined if nobody is (any more). */
export async function currentSession(services: Services, request: Request): Promise<Session | undefined> {
  const secret = readCookie(services.config.issuer, 'session', request);
  const record = secret === undefined ? undefined : await services.store.get('session', hashSecret(secret));
  // Whoever was taken from the list of users is not let in by an old cookie.
  if (secret === undefined || !record || !services.users.has(record.sub)) return undefined;
  return { ...record, csrfToken: csrfTokenOf(secret) };
}

/**
 * Begins a session for somebody who has just signed in. Its secret is always a new one, and the session that the
 * browser had before ends: a cookie that somebody else put there is worth nothing.
 *
 * @returns the session, and the `Set-Cookie` header for it
 */
export async function startSession(
  services: Services,
  request: Request,
  sub: string,
): Promise<{ readonly session: Session; readonly cookie: string }> {
  const { config, store, clock, random } = services;
  await endSession(services, request);
  const { secret, id } = newSecret(random);
  const record: SessionRecord = { sub, auth_time: clock.now() };
  await store.put('session', id, record, clock.now() + SESSION_SECONDS);
  await endOldestSessions(services, sub);
  return {
    session: { ...record, csrfToken: csrfTokenOf(secret) },
    cookie: newCookie(config.issuer, 'session', secret),
  };
}

/** Of more sessions than a user may have, those end that began first. */
async function endOldestSessions({ store }: Services, sub: string): Promise<void> {
  const signIns = await store.increment(`sign_ins:${sub}`, SESSION_SECONDS);
  if (signIns <= MAX_SESSIONS || signIns % LOOKED_AT_EVERY !== 0) return;
  const sessions = await store.list('session', { sub });
  const oldest = [...sessions].sort((a, b) => b.value.auth_time - a.value.auth_time).slice(MAX_SESSIONS);
  await Promise.all(oldest.map(({ id }) => store.take('session', id)));
}

/** Ends the session of the browser that sent the request. @returns the `Set-Cookie` header for that */
export async function endSession({ config, store }: Services, request: Request): Promise<string> {
  const secret = readCookie(config.issuer, 'session', request);
  if (secret !== undefined) await store.take('session', hashSecret(secret));
  return droppedCookie(config.issuer, 'session');
}

/**
 * A form that belongs to the session is posted from a page of that session.
 *
 * @throws OAuthError `invalid_request` if it was posted by another site, or from a page of another session
 */
export function checkSessionForm(
  { config }: Services,
  request: Request,
  session: Session,
  form: Parameters,
): void {
  checkSameSite(config, request);
  if (constantTimeEqual(form.get('csrf_token') ?? '', session.csrfToken)) return;
  throw new OAuthError('invalid_request', 'this page is from before the last sign-in; load it again', {
    reason: 'csrf_mismatch',
  });
}

/** Follows from the cookie, so it need not be stored, and does not lead back to it. */
function csrfTokenOf(secret: string): string {
  return hashSecret(`csrf_token ${secret}`);
}
