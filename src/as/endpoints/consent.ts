import { readForm } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { redirectToClient } from '../authorization-response.js';
import { findClient } from '../clients/directory.js';
import type { Endpoint } from '../front/app-env.js';
import { takeInteraction } from '../owner/interaction.js';
import type { Services } from '../services.js';
import { issueCode } from '../tokens/issue.js';

/**
 * Takes the consent form, and sends the user back to the client with a code or with `access_denied`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 RFC 6749 §4.1.2}
 */
export function consentEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form = await readForm(c.req.raw);
    const { request, sub } = await takeInteraction(services, c.req.raw, form);
    const client = await findClient(services, request.client_id);
    const decision = form.get('decision');
    if (!client || sub === undefined || (decision !== 'allow' && decision !== 'deny')) {
      throw new OAuthError('invalid_request', 'this page does not fit; start again from your client', {
        reason: client ? 'interaction_of_other_page' : 'client_unknown',
      });
    }
    services.emit({ kind: 'consent.decided', client_id: client.client_id, sub, decision });
    const answer: Readonly<Record<string, string>> =
      decision === 'allow'
        ? { code: await issueCode(services, client, request, sub) }
        : { error: 'access_denied', error_description: 'the user did not allow it' };
    return redirectToClient(request, services.config.issuer, answer, 303);
  };
}
