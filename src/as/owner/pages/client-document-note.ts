import { html } from 'hono/html';
import { isLoopbackRedirectUri } from '../../../shared/oauth/redirect-uri.js';
import type { ClientRecord } from '../../store/records.js';
import type { Markup } from './page.js';

/**
 * What somebody has to know who allows a client that a metadata document describes: whose document it is, as the name
 * is only what the document says, and that nobody can tell a program on this machine from another. The logo is not
 * shown: fetching it would tell its host who is signing in.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-6.4 Client ID Metadata Document §6.4}
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/security-considerations#localhost-redirect-uri-risks MCP, localhost redirect URI risks}
 */
export function clientDocumentNote({ client_id, metadata }: ClientRecord): Markup {
  const uris = metadata.redirect_uris ?? [];
  return html`
    <p>
      That name is what a document at <strong>${new URL(client_id).host}</strong> says. Go on only if you
      trust that host.
    </p>
    ${
      uris.every(isLoopbackRedirectUri)
        ? html`<p class="note">
            This client runs on your own machine, and any program there could claim to be it. Allow it only if
            you have just started the sign-in yourself.
          </p>`
        : ''
    }
  `;
}
