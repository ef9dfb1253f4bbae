import { PATHS } from '../metadata.js';
import type { ClientRecord } from '../store/records.js';

/** What the answer holds in clear and the store only as a hash. */
export interface ClientSecrets {
  readonly client_secret?: string | undefined;
  readonly registration_access_token: string;
}

/**
 * The answer to a client that registers itself, or that reads or updates its registration: all that is in force.
 *
 * @param secrets the client's secret only where it is made or was sent just now, as it is not known here any more later
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1 RFC 7591 §3.2.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7592#section-3 RFC 7592 §3}
 */
export function clientInformation(
  issuer: string,
  { client_id, created_at, metadata }: ClientRecord,
  { client_secret, registration_access_token }: ClientSecrets,
): object {
  return {
    client_id,
    client_id_issued_at: created_at,
    // 0: it does not expire. Required beside a secret, and only there.
    ...(client_secret !== undefined && { client_secret, client_secret_expires_at: 0 }),
    registration_client_uri: `${issuer}${PATHS.register}/${encodeURIComponent(client_id)}`,
    registration_access_token,
    ...metadata,
  };
}
