import { type OAuthError, toOAuthError } from '../../shared/oauth/errors.js';
import { guessClient } from '../../shared/oauth/known-clients.js';
import { routeOf } from '../../shared/oauth/routes.js';
import { redirectToClient, type RedirectTarget } from '../authorization-response.js';
import type { AppContext } from '../front/app-env.js';
import { clientDocumentPage } from '../owner/pages/client-document-page.js';
import { errorPage } from '../owner/pages/error-page.js';
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
 * Tells the client, at a redirect URI that is known to be its own.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 RFC 6749 §4.1.2.1}
 */
export function refuseByRedirect(
  c: AppContext,
  services: Services,
  thrown: unknown,
  target: RedirectTarget & { readonly client: ClientRecord },
): Response {
  const error = toOAuthError(thrown);
  tellFault(c, services, error);
  const { reason, description } = error;
  const { client_id } = target.client;
  services.emit(
    { kind: 'authorization.refused', client_id, error: error.error, reason, description, shown: 'redirect' },
    'warning',
  );
  c.set('reason', reason);
  return redirectToClient(
    target,
    services.config.issuer,
    { error: error.error, error_description: description },
    c.req.method === 'POST' ? 303 : 302,
  );
}

function tellFault(c: AppContext, { emit }: Services, error: OAuthError): void {
  if (error.error !== 'server_error') return;
  emit({ kind: 'server.fault', path: c.req.path, message: error.detail ?? error.message }, 'error');
}
