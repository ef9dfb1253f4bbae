import type { ClientEvidence } from '../../../shared/oauth/client-evidence.js';
import { wrapped } from '../layout.js';

/** How a client came, in words. */
const ORIGINS: Readonly<Record<ClientEvidence['origin'], string>> = {
  preset: 'is configured there (preset)',
  cimd: 'is the URL of a metadata document (cimd)',
  dcr: 'was issued by POST /register (dcr)',
  adopted: 'was unknown, and was taken in (adopted)',
};

/**
 * What the authorization server knows of the client that is watched.
 *
 * @param evidence undefined where it does not tell, or knows no such client
 * @param layout columns, and date and time where the reader is (of seconds since the epoch)
 * @returns lines, each with its end
 */
export function renderClientRecord(
  clientId: string,
  evidence: ClientEvidence | undefined,
  { width = 80, dateOf }: { readonly width?: number; readonly dateOf: (seconds: number) => string },
): string {
  const lines = (text: string) =>
    wrapped(text, width, '', '  ')
      .map((line) => `${line}\n`)
      .join('');
  if (!evidence) {
    return lines(`${clientId}: the authorization server does not know this client_id, or does not tell.`);
  }
  const { origin, created_at: created, last_used_at: used, flows, told_to_register: told } = evidence;
  const times = flows === 1 ? 'once' : `${flows} times`;
  return lines(
    `${clientId} ${ORIGINS[origin]}, at the authorization server since ${dateOf(created)}; redeemed a code ${times}, ` +
      `${used === null ? 'never used' : `last used ${dateOf(used)}`}` +
      `${told ? `; told to register at ${dateOf(told.at)}` : ''}.`,
  );
}
