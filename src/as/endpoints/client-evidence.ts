import { parseParameters } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import type { ClientEvidence } from '../../shared/oauth/client-evidence.js';
import { findClient } from '../clients/directory.js';
import { toldToRegister } from '../clients/told-to-register.js';
import { usageOf } from '../clients/usage.js';
import type { Endpoint } from '../front/app-env.js';
import { privateJson } from '../front/json.js';
import type { Services } from '../services.js';

/** What this server knows of a client, for tools that show which way a client took. In demo mode only. */
export function clientEvidenceEndpoint(services: Services): Endpoint {
  return async (c) => {
    const clientId = parseParameters(new URL(c.req.url).searchParams).get('client_id');
    if (clientId === undefined) {
      throw new OAuthError('invalid_request', 'client_id is missing', { reason: 'client_id_missing' });
    }
    const client = await findClient(services, clientId);
    if (!client) {
      throw new OAuthError('invalid_request', 'this client_id is not known here', {
        status: 404,
        reason: 'client_unknown',
      });
    }
    const usage = await usageOf(services, clientId);
    const told = await toldToRegister(services, clientId);
    const evidence: ClientEvidence = {
      client_id: clientId,
      origin: client.origin,
      created_at: client.created_at,
      last_used_at: usage?.last_used_at ?? null,
      flows: usage?.flows ?? 0,
      ...(told && { told_to_register: told }),
    };
    return privateJson(evidence);
  };
}
