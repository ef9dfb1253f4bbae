import { ConfigurationError } from '../../shared/configuration-error.js';
import type { PresetClient } from '../clients/presets.js';

/** With fewer characters, trying them all out over the network could succeed one day. */
const MIN_SECRET_LENGTH = 16;

/**
 * Secrets that an operator chose are as hard to find by trying as those that the server makes. Slowing tries down would
 * not do: whoever knows a client_id could then keep its client out.
 *
 * @throws ConfigurationError without the secret
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-2.4.1 OAuth 2.1 §2.4.1}
 */
export function checkSecrets(
  clients: readonly PresetClient[],
  rsCredentials: readonly { readonly id: string; readonly secret: string }[],
): void {
  const secrets = [
    ...clients.map(({ client_id, client_secret }) => ['clients', client_id, client_secret] as const),
    ...rsCredentials.map(({ id, secret }) => ['rsCredentials', id, secret] as const),
  ];
  for (const [option, id, secret] of secrets) {
    if (secret === undefined || secret.length >= MIN_SECRET_LENGTH) continue;
    throw new ConfigurationError(
      option,
      `${id} has a secret of fewer than ${MIN_SECRET_LENGTH} characters, which could be guessed; take a random one`,
    );
  }
}
