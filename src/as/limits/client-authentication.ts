import type { Parameters } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { authenticateClient } from '../clients/authentication/index.js';
import { claimedClientId } from '../clients/authentication/presented.js';
import type { AppContext } from '../front/app-env.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';

/**
 * Counts what a client asks the token endpoint for. A client_id is no secret, so it is counted by the address too: a
 * stranger elsewhere can't use up what a client may ask.
 *
 * @throws OAuthError with status 429
 */
export async function limitClient(services: Services, c: AppContext, form: Parameters): Promise<void> {
  const clientId = claimedClientId(c.req.raw.headers.get('authorization'), form);
  if (clientId === undefined) return;
  await services.limits.request('token_client', { peer: c.env.peer, clientId });
}

/**
 * Authenticates a client, unless too many have failed to under its name at this address.
 *
 * @throws OAuthError `invalid_client` or `invalid_request`, or with status 429
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1}
 */
export async function authenticateWithinLimits(
  services: Services,
  c: AppContext,
  form: Parameters,
): Promise<ClientRecord> {
  const authorization = c.req.raw.headers.get('authorization');
  const who = { peer: c.env.peer, clientId: claimedClientId(authorization, form) };
  services.limits.check('client_failures', who);
  try {
    return await authenticateClient(services, authorization, form);
  } catch (thrown) {
    if (thrown instanceof OAuthError && FAILED_PROOFS.has(thrown.reason)) {
      await services.limits.failed('client_failures', who);
    }
    throw thrown;
  }
}

/** What a guess looks like. Who shows nothing, or in the wrong way, guesses nothing. */
const FAILED_PROOFS: ReadonlySet<string> = new Set([
  'client_secret_wrong',
  'client_assertion_signature_wrong',
  'client_assertion_key_unknown',
]);
