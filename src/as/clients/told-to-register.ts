import { OAuthError } from '../../shared/oauth/errors.js';
import type { WayOfTelling } from '../../shared/oauth/routes.js';
import type { AuthorizationServerConfig } from '../config/index.js';
import type { Services } from '../services.js';
import type { ClientRecord, ToldToRegisterRecord } from '../store/records.js';
import { NEVER } from '../store/store.js';

/** What is done about a client_id that is not known: take it in, refuse it, or take it in and have it register. */
export const UNKNOWN_CLIENTS = ['adopt', 'reject', 'reregister', 'reject-200'] as const;

/** One of {@link UNKNOWN_CLIENTS}. */
export type UnknownClients = (typeof UNKNOWN_CLIENTS)[number];

/**
 * How an adopted client learns that it has to register. Nothing that /authorize answers reaches a client that holds a
 * stale id; a refused token does, and so does, for some, `invalid_client` with HTTP 200.
 *
 * @returns undefined where adopted clients are left as they are
 */
export function wayOfTelling({
  unknownClients,
}: Pick<AuthorizationServerConfig, 'unknownClients'>): WayOfTelling | undefined {
  if (unknownClients === 'reregister') return 'void_token';
  return unknownClients === 'reject-200' ? 'http_200' : undefined;
}

/**
 * Decides whether an adopted client that redeems a code is told to register now. Once for each client_id and then never
 * again: a client that does not register would loop otherwise.
 *
 * @returns how to tell it; undefined if it is not told
 */
export async function tellOnce(
  { config, store, clock }: Pick<Services, 'config' | 'store' | 'clock'>,
  { client_id, origin }: ClientRecord,
): Promise<WayOfTelling | undefined> {
  const way = wayOfTelling(config);
  if (way === undefined || origin !== 'adopted') return undefined;
  const first = await store.add('told_to_register', client_id, { at: clock.now(), way }, NEVER);
  return first ? way : undefined;
}

/** Whether a client will be told to register with the next code that it redeems. */
export async function willBeTold(
  services: Pick<Services, 'config' | 'store'>,
  { client_id, origin }: ClientRecord,
): Promise<boolean> {
  if (wayOfTelling(services.config) === undefined || origin !== 'adopted') return false;
  return (await toldToRegister(services, client_id)) === undefined;
}

/** When and how the client was told to register; undefined if it never was. */
export async function toldToRegister(
  { store }: Pick<Services, 'store'>,
  clientId: string,
): Promise<ToldToRegisterRecord | undefined> {
  return store.get('told_to_register', clientId);
}

/**
 * Tells a client to register by an answer that is outside of RFC 6749: VS Code and the TypeScript SDK 2 drop their
 * client_id on `invalid_client`, VS Code in answer to a code with status 200 only. The grant ends, as nothing comes of it.
 *
 * @returns the error to throw
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 RFC 6749 §5.2}, which has 400 and 401
 */
export async function tellByStatus200(
  { store, emit }: Pick<Services, 'store' | 'emit'>,
  { client_id, grant_id }: { readonly client_id: string; readonly grant_id: string },
): Promise<OAuthError> {
  await store.take('grant', grant_id);
  emit({ kind: 'client.told_to_register', client_id, way: 'http_200' }, 'warning');
  return new OAuthError('invalid_client', 'this client_id is not known here; the client has to register', {
    status: 200,
    reason: 'client_told_to_register',
  });
}
