import { readJsonObject } from '../../shared/http/body.js';
import { toOAuthError } from '../../shared/oauth/errors.js';
import { hashSecret } from '../../shared/secret.js';
import { clientInformation } from '../clients/client-information.js';
import { addClient } from '../clients/directory.js';
import { hasSecret } from '../clients/authentication/methods.js';
import { acceptRegistration, registrationFacts } from '../clients/registration.js';
import type { Endpoint } from '../front/app-env.js';
import { privateJson } from '../front/json.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';

/**
 * Dynamic client registration, open to everybody. The record is written whole or not at all.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-3 RFC 7591 §3}
 */
export function registerEndpoint(services: Services): Endpoint {
  return async (c) => {
    try {
      return await register(services, await readJsonObject(c.req.raw));
    } catch (thrown) {
      const { error, reason, description } = toOAuthError(thrown);
      c.set('told', true);
      services.emit({ kind: 'client.registration_refused', error, reason, description }, 'warning');
      throw thrown;
    }
  };
}

async function register(services: Services, body: Readonly<Record<string, unknown>>): Promise<Response> {
  const { config, clock, random, emit } = services;
  const { metadata, dropped } = acceptRegistration(body, services);
  const registration_access_token = random.token(32);
  const client_secret = hasSecret(metadata.token_endpoint_auth_method) ? random.token(32) : undefined;
  const client: ClientRecord = {
    client_id: random.token(16),
    origin: 'dcr',
    created_at: clock.now(),
    ...(client_secret !== undefined && { client_secret_hash: hashSecret(client_secret) }),
    registration_access_token_hash: hashSecret(registration_access_token),
    metadata,
  };
  await addClient(services, client);
  emit({ kind: 'client.registered', ...registrationFacts(client, dropped) });
  return privateJson(
    clientInformation(config.issuer, client, { client_secret, registration_access_token }),
    201,
  );
}
