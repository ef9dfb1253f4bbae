import {
  CLIENT_LEVERS,
  type ClientLever,
  type ClientLevers,
  type LeverResult,
  type OfferedLever,
} from '../../shared/oauth/client-levers.js';
import { forgetClient } from '../clients/directory.js';
import type { Services } from '../services.js';
import { revokeGrantsOf } from '../tokens/revoke-grant.js';
import { expireAccessTokens } from './expire-tokens.js';
import { type Standing, standingOf } from './standing.js';
import { leverTexts } from './texts.js';

/** How the server becomes another one. */
export interface EpochChange {
  /** why it can't, in words; undefined if it can */
  impossible(): string | undefined;
  /** @returns the issuer from now on */
  begin(): string;
}

/** What was done, for the result and for the event. */
type Done = Pick<LeverResult, 'grants' | 'access_tokens' | 'issuer'> & { readonly said: string };

/**
 * Makes the levers of a server. They act on the store, as the endpoints do; nothing that is under way is waited for.
 *
 * @param current what the server works with at the moment
 */
export function createClientLevers(current: () => Services, epochs: EpochChange): ClientLevers {
  function offer(lever: ClientLever, standing: Standing): OfferedLever {
    const impossible = lever === 'new-epoch' ? epochs.impossible() : impossibleFor(lever, standing);
    return {
      lever,
      ...leverTexts(lever, standing, current().config),
      ...(impossible !== undefined && { impossible }),
    };
  }

  async function act(lever: ClientLever, clientId: string, standing: Standing): Promise<Done> {
    const services = current();
    switch (lever) {
      case 'expire-tokens':
        return expire(services, clientId);
      case 'revoke':
        return revoke(services, clientId);
      case 'forget':
        return forget(services, clientId, standing);
      case 'new-epoch': {
        const issuer = epochs.begin();
        return { issuer, said: `This server is ${issuer} from now on` };
      }
    }
  }

  return {
    async offered(clientId) {
      const standing = await standingOf(current(), clientId);
      return CLIENT_LEVERS.map((lever) => offer(lever, standing));
    },
    async pull(lever, clientId) {
      const { emit } = current();
      const standing = await standingOf(current(), clientId);
      const { impossible, cannot } = offer(lever, standing);
      const named = { lever, client_id: clientId };
      if (impossible !== undefined) return { ...named, pulled: false, said: impossible, cannot };
      const { said, ...facts } = await act(lever, clientId, standing);
      emit({ kind: 'lever.pulled', ...named, ...facts });
      return { ...named, pulled: true, said, cannot, ...facts };
    },
  };
}

function impossibleFor(lever: ClientLever, standing: Standing): string | undefined {
  if (standing === 'unknown') return 'This client_id is not known here, so there is nothing to end';
  if (standing === 'deleted')
    return 'This client has deleted its registration itself, and all ended with that';
  if (standing === 'preset' && lever === 'forget') {
    return 'This client is configured (--client, --clients), so it is known as long as this server runs; what its users allowed can be revoked';
  }
  return undefined;
}

async function expire(services: Services, clientId: string): Promise<Done> {
  const access_tokens = await expireAccessTokens(services, clientId);
  return {
    access_tokens,
    said: `${counted(access_tokens, 'access token')} ended; the refresh tokens live on`,
  };
}

async function revoke(services: Services, clientId: string): Promise<Done> {
  const grants = await revokeGrantsOf(services, clientId);
  return { grants, said: `${endedIn(grants)}; the registration stays` };
}

async function forget(services: Services, clientId: string, standing: Standing): Promise<Done> {
  // The client first: once it is gone, no new grant is made that the list could miss.
  if (standing === 'cimd') services.documents?.forget(clientId);
  else await forgetClient(services, clientId);
  const grants = await revokeGrantsOf(services, clientId);
  const gone = standing === 'cimd' ? 'What was kept of its document' : 'The registration';
  return { grants, said: `${gone} is gone. ${endedIn(grants)}` };
}

/** How many sign-ins were ended; where there were none, there were no tokens either. */
function endedIn(grants: number): string {
  return grants === 0 ? 'It had no sign-in to end' : `${counted(grants, 'sign-in')} ended, with all tokens`;
}

function counted(count: number, what: string): string {
  return count === 1 ? `One ${what} has` : `${count === 0 ? 'No' : count} ${what}s have`;
}
