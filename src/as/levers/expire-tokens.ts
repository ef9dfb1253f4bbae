import type { Services } from '../services.js';

/**
 * Ends every access token of a client. Its grants live on, and with them its refresh tokens.
 *
 * @returns how many there were
 */
export async function expireAccessTokens(
  { store }: Pick<Services, 'store'>,
  clientId: string,
): Promise<number> {
  const tokens = await store.list('access_token', { client_id: clientId });
  const taken = await Promise.all(tokens.map(({ id }) => store.take('access_token', id)));
  return taken.filter((token) => token !== undefined).length;
}
