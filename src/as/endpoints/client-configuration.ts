import { readJsonObject } from '../../shared/http/body.js';
import { clientInformation } from '../clients/client-information.js';
import { withoutEmptyMembers } from '../clients/client-metadata.js';
import { deleteClient, replaceClient } from '../clients/directory.js';
import { accessRegistration } from '../clients/registration-access.js';
import { updateRegistration } from '../clients/registration-update.js';
import { registrationFacts } from '../clients/registration.js';
import type { AppContext, Endpoint } from '../front/app-env.js';
import { privateJson } from '../front/json.js';
import type { Services } from '../services.js';
import { revokeGrantsOf } from '../tokens/revoke-grant.js';

/**
 * Lets a client read its registration.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7592#section-2.1 RFC 7592 §2.1}
 */
export function readClientEndpoint(services: Services): Endpoint {
  return async (c) => {
    const { client, token } = await accessRegistration(services, c.req.raw, clientIdIn(c));
    services.emit({ kind: 'client.read', client_id: client.client_id });
    return privateJson(
      clientInformation(services.config.issuer, client, { registration_access_token: token }),
    );
  };
}

/**
 * Lets a client replace its registration: what it leaves out is deleted. The update counts from the next request on;
 * what the user has allowed before stays allowed.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7592#section-2.2 RFC 7592 §2.2}
 */
export function updateClientEndpoint(services: Services): Endpoint {
  return async (c) => {
    // Before the body is read, so that a stranger can't send one for nothing.
    await accessRegistration(services, c.req.raw, clientIdIn(c));
    const asked = withoutEmptyMembers(await readJsonObject(c.req.raw));
    for (;;) {
      const { client, token } = await accessRegistration(services, c.req.raw, clientIdIn(c));
      const { updated, dropped, client_secret } = updateRegistration(services, client, asked);
      if (!(await replaceClient(services, client, updated))) continue;
      services.emit({ kind: 'client.updated', ...registrationFacts(updated, dropped) });
      return privateJson(
        clientInformation(services.config.issuer, updated, {
          client_secret,
          registration_access_token: token,
        }),
      );
    }
  };
}

/**
 * Lets a client delete its registration. Whatever users have allowed it ends with that, so that its tokens are void at
 * once wherever they are introspected.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7592#section-2.3 RFC 7592 §2.3}
 */
export function deleteClientEndpoint(services: Services): Endpoint {
  return async (c) => {
    const { client } = await accessRegistration(services, c.req.raw, clientIdIn(c));
    const { client_id } = client;
    // Before it: should this server end in between, nobody could come back to end them. And after it: then no new one is
    // made that the list could miss.
    const before = await revokeGrantsOf(services, client_id);
    const first = await deleteClient(services, client_id);
    const grants = before + (await revokeGrantsOf(services, client_id));
    if (first) services.emit({ kind: 'client.deleted', client_id, grants });
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store', pragma: 'no-cache' } });
  };
}

function clientIdIn(c: AppContext): string {
  return c.req.param('client_id') ?? '';
}
