import type { AuthorizationServer } from './authorization-servers/authorization-server.js';
import type { AuthorizationServers } from './authorization-servers/directory.js';
import type { ResourceServerConfig } from './config/index.js';
import { buildResourceMetadata } from './metadata.js';
import { withinTime } from './unavailable.js';

/** For how long a metadata request waits for the authorization servers' own spelling of their issuers. */
const ISSUER_PATIENCE_MILLISECONDS = 1000;

/**
 * For how long an issuer in the metadata is not looked up again, in demo mode: less than the authorization server needs
 * to be restarted, so that no client is sent to an issuer that is gone.
 */
const ISSUER_FRESH_MILLISECONDS = 250;

/**
 * The metadata document, written once for each spelling of the issuers. Clients file their registration under that
 * spelling (VS Code does), so it is worth a short wait to name the right one from the first request on. An issuer that may
 * change while this server runs is looked up again.
 *
 * @param milliseconds monotonic
 * @returns a function that gives the document as JSON text
 */
export function createMetadataDocument(
  config: ResourceServerConfig,
  servers: AuthorizationServers,
  milliseconds: () => number,
): () => Promise<string> {
  const looks = servers.all.map((server) => createIssuerLook(server, milliseconds));
  let written: { readonly issuers: string; readonly text: string } | undefined;
  return async () => {
    await Promise.all(looks.map((look) => look()));
    const issuers = servers.issuers();
    if (written?.issuers !== issuers.join(' ')) {
      written = { issuers: issuers.join(' '), text: JSON.stringify(buildResourceMetadata(config, issuers)) };
    }
    return written.text;
  };
}

/** @returns a function that waits until the spelling of an issuer is known, or has been looked for long enough */
function createIssuerLook(server: AuthorizationServer, milliseconds: () => number): () => Promise<void> {
  let found = false;
  let fresh = 0;
  return async () => {
    if (found && !(server.mayChange && milliseconds() >= fresh)) return;
    const look = found ? server.findAnew : server.find;
    found = (await isThere(() => withinTime(ISSUER_PATIENCE_MILLISECONDS, look))) || found;
    fresh = milliseconds() + ISSUER_FRESH_MILLISECONDS;
  };
}

/** Whether a look finds the authorization server; its absence is reported as an event where it is noticed. */
export async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  return look().then(
    () => true,
    () => false,
  );
}
