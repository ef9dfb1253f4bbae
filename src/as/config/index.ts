import { DEMO_RS_CREDENTIALS } from '../../shared/oauth/demo.js';
import {
  checkPresetGrants,
  checkPresetKeys,
  type PresetClient,
  parsePresetClients,
} from '../clients/presets.js';
import type { UnknownClients } from '../clients/told-to-register.js';
import { parseConfigured } from '../configuration-value.js';
import { parseStoreKeys, type StoreKey } from '../keys/store-keys.js';
import { DEMO_USERNAME, parseUsers, type User } from '../owner/users.js';
import type { AuthorizationServerOptions } from './options.js';
import { checkTogether } from './rules.js';
import { checkSecrets } from './secrets.js';
import { OPTIONS, type ParsedOptions } from './schema.js';

/** The options, validated and complete. */
export type AuthorizationServerConfig = Omit<
  ReadonlyMembers<ParsedOptions>,
  'clients' | 'users' | 'storeKeys'
> & {
  readonly clients: readonly PresetClient[];
  readonly users: readonly User[];
  readonly storeKeys: readonly StoreKey[];
  readonly unknownClients: UnknownClients;
  readonly rateLimit: boolean;
};

type ReadonlyMembers<T> = { readonly [Member in keyof T]: Readonly<T[Member]> };

/**
 * Validates the options and puts the defaults in.
 *
 * @throws ConfigurationError that names the option
 */
export function parseConfig(options: AuthorizationServerOptions): AuthorizationServerConfig {
  const parsed = parseConfigured(OPTIONS, options);
  checkTogether(parsed);
  const users = parseUsers(parsed.users);
  const clients = parsePresetClients(parsed.clients, parsed.redirectSchemes);
  if (!parsed.demoMode) checkSecrets(clients, parsed.rsCredentials);
  const usernames = users.length > 0 ? users.map(({ username }) => username) : [DEMO_USERNAME];
  checkPresetGrants(clients, parsed.grants, usernames);
  checkPresetKeys(clients, parsed);
  const demoCredentials = parsed.demoMode && parsed.rsCredentials.length === 0 ? [DEMO_RS_CREDENTIALS] : [];
  return {
    ...parsed,
    rateLimit: parsed.rateLimit ?? !parsed.demoMode,
    users,
    clients,
    storeKeys: parseStoreKeys(parsed.storeKeys),
    unknownClients: parsed.unknownClients ?? (adoptsByDefault(parsed) ? 'adopt' : 'reject'),
    rsCredentials: [...parsed.rsCredentials, ...demoCredentials],
  };
}

/** Where anybody can register, adoption gives nothing away that registration does not give. */
function adoptsByDefault({ demoMode, registration }: ParsedOptions): boolean {
  return demoMode && registration.includes('dcr');
}

/**
 * Checks the options of an authorization server without making one, as for a command that must not take a port in vain.
 *
 * @throws ConfigurationError that names the option
 */
export function checkAuthorizationServerOptions(options: AuthorizationServerOptions): void {
  parseConfig(options);
}
