import { type OAuthError, toOAuthError } from '../../shared/oauth/errors.js';
import { guessClient } from '../../shared/oauth/known-clients.js';
import { routeOf } from '../../shared/oauth/routes.js';
import { redirectToClient, type RedirectTarget, responseUri } from '../authorization-response.js';
import { isTrustedRedirectUri } from '../clients/redirect-uris.js';
import type { AppContext } from '../front/app-env.js';
import { clientDocumentPage } from '../owner/pages/client-document-page.js';
import { errorPage, wayBackPage } from '../owner/pages/error-page.js';
import { type Page, renderPage } from '../owner/pages/page.js';
import { unknownClientPage } from '../owner/pages/unknown-client-page.js';
import { isDocumentReason } from '../documents/document-fault.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';

/** Tells the person at the browser, as it is not known where the client is. */
export async function refuseOnPage(
  c: AppContext,
  services: Services,
  thrown: unknown,
  sent: URLSearchParams,
): Promise<Response> {
  const error = toOAuthError(thrown);
  tellFault(c, services, error);
  const clientId = sent.get('client_id') || undefined;
  const { reason, description } = error;
  const route = isDocumentReason(reason)
    ? 'cimd'
    : error.error === 'invalid_client'
      ? routeOf(undefined, 0)
      : undefined;
  services.emit(
    {
      kind: 'authorization.refused',
      ...(clientId !== undefined && { client_id: clientId }),
      ...(route !== undefined && { route }),
      error: error.error,
      reason,
      description,
      shown: 'page',
    },
    'warning',
  );
  c.set('reason', reason);
  return renderPage(services.random, pageFor(services, error, clientId, sent));
}

function pageFor(
  { config: { demoMode }, capabilities: { registration } }: Services,
  error: OAuthError,
  clientId: string | undefined,
  sent: URLSearchParams,
): Page {
  if (isDocumentReason(error.reason) && clientId !== undefined) {
    return clientDocumentPage({ clientId, error, demoMode });
  }
  if (error.error !== 'invalid_client' || clientId === undefined) return errorPage(error);
  const looksLike = guessClient(sent.get('redirect_uri') ?? '')?.name;
  return unknownClientPage({
    clientId,
    looksLike,
    demoMode,
    dcr: registration.has('dcr'),
    preset: registration.has('preset'),
    reason: error.reason,
  });
}

/**
 * Tells the client, at a redirect URI that is known to be its own. Nobody has signed in yet, so who sent the user here
 * decides where the browser goes next: it goes there by itself only if the redirect URI is trusted, or the client wants
 * no page to be shown. Else a page says where the way back leads, and the user decides.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 RFC 6749 §4.1.2.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.11.2 RFC 9700 §4.11.2}
 */
export async function refuseToClient(
  c: AppContext,
  services: Services,
  thrown: unknown,
  target: RedirectTarget & { readonly client: ClientRecord },
): Promise<Response> {
  const error = toOAuthError(thrown);
  tellFault(c, services, error);
  const { reason, description } = error;
  const { client, redirect_uri } = target;
  const atOnce = NO_PAGE_WANTED.includes(error.error) || isTrustedRedirectUri(client, redirect_uri);
  services.emit(
    {
      kind: 'authorization.refused',
      client_id: client.client_id,
      error: error.error,
      reason,
      description,
      shown: atOnce ? 'redirect' : 'page',
    },
    'warning',
  );
  c.set('reason', reason);
  const { issuer } = services.config;
  const answer = { error: error.error, error_description: description };
  if (atOnce) return redirectToClient(target, issuer, answer, c.req.method === 'POST' ? 303 : 302);
  const back = responseUri(target, issuer, answer);
  return renderPage(services.random, wayBackPage({ error, client, redirect_uri, back }));
}

/** Errors that are the answer to `prompt=none`. */
const NO_PAGE_WANTED: readonly string[] = ['login_required', 'consent_required'];

function tellFault(c: AppContext, { emit }: Services, error: OAuthError): void {
  if (error.error !== 'server_error') return;
  emit({ kind: 'server.fault', path: c.req.path, message: error.detail ?? error.message }, 'error');
}
