import { readJsonObject } from '../../shared/http/body.js';
import { toOAuthError } from '../../shared/oauth/errors.js';
import { hashSecret } from '../../shared/secret.js';
import { addClient } from '../clients/directory.js';
import { hasSecret } from '../clients/authentication/methods.js';
import { acceptRegistration } from '../clients/registration.js';
import type { Endpoint } from '../front/app-env.js';
import { privateJson } from '../front/json.js';
import type { Services } from '../services.js';

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
  const { capabilities, clock, random, emit } = services;
  const { metadata, dropped } = acceptRegistration(body, capabilities);
  const client_id = random.token(16);
  const client_secret = hasSecret(metadata.token_endpoint_auth_method) ? random.token(32) : undefined;
  const created_at = clock.now();
  await addClient(services, {
    client_id,
    origin: 'dcr',
    created_at,
    ...(client_secret !== undefined && { client_secret_hash: hashSecret(client_secret) }),
    metadata,
  });
  emit({
    kind: 'client.registered',
    client_id,
    ...(metadata.client_name !== undefined && { client_name: metadata.client_name }),
    redirect_uris: metadata.redirect_uris,
    token_endpoint_auth_method: metadata.token_endpoint_auth_method,
    ...(metadata.application_type !== undefined && { application_type: metadata.application_type }),
    dropped,
  });
  return privateJson(
    {
      client_id,
      client_id_issued_at: created_at,
      // 0: it does not expire. Required beside a secret, and only there.
      ...(client_secret !== undefined && { client_secret, client_secret_expires_at: 0 }),
      ...metadata,
    },
    201,
  );
}
