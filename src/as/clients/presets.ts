import * as z from 'zod';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { isClientId } from '../../shared/oauth/client-id.js';
import { forbiddenRedirectUri } from '../../shared/oauth/redirect-uri.js';
import { hashSecret } from '../../shared/secret.js';
import type { AuthorizationServerConfig } from '../config/index.js';
import { parseConfigured } from '../configuration-value.js';
import type { ClientRecord } from '../store/records.js';
import { hasSecret } from './authentication/methods.js';
import { CLIENT_METADATA } from './client-metadata.js';
import { jwksUriFault } from './jwks-uri.js';
import { keysFault } from './key-set.js';

/** Strict, unlike a registration: here a misspelled `redirect_uris` would let the client use any on loopback. */
const PRESET_CLIENT = z.strictObject(
  {
    ...CLIENT_METADATA.shape,
    client_id: z
      .string('must be a string')
      .refine(isClientId, 'must be printable ASCII, not empty and not longer than 512 characters'),
    client_secret: z.string('must be a string').min(1, 'must not be empty').optional(),
    redirect_uris: CLIENT_METADATA.shape.redirect_uris.refine(
      (uris) => uris?.length !== 0,
      'must not be empty; without it the client may use any on loopback and those of known editors',
    ),
    token_endpoint_auth_method: z
      .enum(
        ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
        'must be none, client_secret_basic, client_secret_post or private_key_jwt',
      )
      .optional(),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has ${issue.keys.join(', ')}, which means nothing here`
        : 'must be an object',
  },
);

const PRESET_CLIENTS = z.array(PRESET_CLIENT, 'must be an array of client metadata with client_id');

/**
 * A client that is configured: metadata of RFC 7591 with `client_id` and, for a confidential one, `client_secret`.
 * Without `redirect_uris` it may use any on loopback and those of known editors.
 */
export type PresetClient = z.infer<typeof PRESET_CLIENTS>[number];

/**
 * Validates preset clients, as a file or flags give them.
 *
 * @param json an array
 * @param schemes of redirect URIs, allowed beside reversed domain names and known editors
 * @throws ConfigurationError for the option `clients`, with the place and what is wrong there
 */
export function parsePresetClients(json: unknown, schemes: readonly string[] = []): PresetClient[] {
  const clients = parseConfigured(PRESET_CLIENTS, json, 'clients');
  clients.forEach((client, index) => checkRedirectUris(client, index, schemes));
  const seen = new Set<string>();
  for (const client of clients) {
    const { client_id } = client;
    const fault = seen.has(client_id) ? 'is configured twice' : authenticationFault(client);
    if (fault !== undefined) throw new ConfigurationError('clients', `${client_id} ${fault}`);
    seen.add(client_id);
  }
  return clients;
}

function checkRedirectUris(
  { redirect_uris = [] }: PresetClient,
  index: number,
  schemes: readonly string[],
): void {
  redirect_uris.forEach((uri, at) => {
    const fault = forbiddenRedirectUri(uri, schemes);
    if (fault !== undefined) {
      throw new ConfigurationError('clients', `[${index}].redirect_uris[${at}]: ${fault}`);
    }
  });
}

function authenticationFault(client: PresetClient): string | undefined {
  const { client_secret, token_endpoint_auth_method: method } = client;
  if (client_secret === undefined && method !== undefined && hasSecret(method)) {
    return `has the method ${method} but no client_secret`;
  }
  if (client_secret !== undefined && method !== undefined && !hasSecret(method)) {
    return `has a client_secret but the method ${method}`;
  }
  const fault = keysFault(client);
  return fault === undefined ? undefined : `is not complete: ${fault}`;
}

/**
 * Holds the grant types of preset clients against what the server does.
 *
 * @param grants the grant types that are served
 * @param usernames what users are called: a client that acts for itself must not be taken for one of them
 * @throws ConfigurationError for the option `clients`
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-5 RFC 9068 §5}
 */
export function checkPresetGrants(
  clients: readonly PresetClient[],
  grants: readonly string[],
  usernames: readonly string[],
): void {
  for (const { client_id, client_secret, token_endpoint_auth_method: method, grant_types = [] } of clients) {
    const isPublic = client_secret === undefined && (method === undefined || method === 'none');
    const notServed = grant_types.find((grant) => !grants.includes(grant));
    const actsForItself = grant_types.includes('client_credentials');
    const fault =
      notServed !== undefined
        ? `has the grant type ${notServed}, which is not served here`
        : actsForItself && isPublic
          ? 'has the grant type client_credentials but nothing to authenticate with'
          : actsForItself && usernames.includes(client_id)
            ? 'has the grant type client_credentials and is called like a user: its tokens would look like theirs'
            : undefined;
    if (fault) throw new ConfigurationError('clients', `${client_id} ${fault}`);
  }
}

/**
 * Looks at the URLs of the keys of preset clients, so that a wrong one is told at the start.
 *
 * @throws ConfigurationError for the option `clients`
 */
export function checkPresetKeys(
  clients: readonly PresetClient[],
  config: Pick<AuthorizationServerConfig, 'cimdAllowLoopback' | 'cimdTrust'>,
): void {
  for (const { client_id, jwks_uri } of clients) {
    const fault = jwks_uri === undefined ? undefined : jwksUriFault(jwks_uri, config, 'operator');
    if (fault !== undefined) throw new ConfigurationError('clients', `${client_id}: its jwks_uri ${fault}`);
  }
}

/**
 * The records of configured clients, by client_id.
 *
 * @param now when they were configured, in seconds since the epoch
 */
export function presetRecords(
  clients: readonly PresetClient[],
  now: number,
): ReadonlyMap<string, ClientRecord> {
  return new Map(clients.map((client) => [client.client_id, presetRecord(client, now)]));
}

function presetRecord({ client_id, client_secret, ...metadata }: PresetClient, now: number): ClientRecord {
  return {
    client_id,
    origin: 'preset',
    created_at: now,
    ...(client_secret !== undefined && { client_secret_hash: hashSecret(client_secret) }),
    metadata: {
      ...metadata,
      token_endpoint_auth_method:
        metadata.token_endpoint_auth_method ?? (client_secret === undefined ? 'none' : 'client_secret_basic'),
      grant_types: metadata.grant_types ?? ['authorization_code', 'refresh_token'],
      response_types: metadata.response_types ?? ['code'],
    },
  };
}
