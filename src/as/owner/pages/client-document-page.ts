import { html } from 'hono/html';
import { isLoopbackHost } from '../../../shared/http/loopback.js';
import type { OAuthError } from '../../../shared/oauth/errors.js';
import type { Markup, Page } from './page.js';

/** What the page about a metadata document that cannot be used shows. */
export interface ClientDocumentFacts {
  readonly clientId: string;
  readonly error: Pick<OAuthError, 'reason' | 'description'>;
  /** whether documents on this machine could be allowed */
  readonly demoMode: boolean;
}

/** What whoever looks after the document, or after this server, can do about each cause. */
const REMEDIES: Readonly<Record<string, Markup>> = {
  client_id_url_invalid: html`The address must begin with <code>https://</code>, have a path, and have neither
    a fragment, nor a user name, nor a <code>.</code> or <code>..</code> in its path.`,
  document_host_not_trusted: html`This server takes documents of some hosts only. Whoever runs it can add one
    with <code>--cimd-trust</code>.`,
  document_host_not_found: html`Does the address open in a browser? If it does, this server has no way out to
  the internet.`,
  document_unreachable: html`Does the address open in a browser? If it does, this server has no way out to the
  internet.`,
  document_address_not_public: html`The document must be on the public internet.`,
  document_redirected: html`The document must be served at the very address that is the client ID.`,
  document_client_id_mismatch: html`The <code>client_id</code> in the document must be its own address,
    spelled exactly as here.`,
};

const BY_REASON: ReadonlyMap<string, Markup> = new Map(Object.entries(REMEDIES));

/** Tells the person at the browser why the document that describes the client cannot be used, and what helps. */
export function clientDocumentPage({ clientId, error, demoMode }: ClientDocumentFacts): Page {
  const remedy = BY_REASON.get(error.reason);
  return {
    title: 'Client document',
    status: 400,
    body: html`
      <h1>This client's document cannot be used</h1>
      <p class="bad" role="alert">
        The document at <code>${clientId}</code> cannot be used: ${whatHappened(error.description)}.
      </p>
      <p>
        Your client names itself by that address, and this authorization server has to read there what the
        client is.
      </p>
      <p>${remedy ?? 'It may help to try again in a moment, from your client.'}</p>
      <h2>If you run this server</h2>
      <p>
        Start it with <code>--registration=preset,dcr</code>, and no such documents are read: clients register
        instead. That helps where this server has no way out to the internet. A client that keeps the address,
        as VS Code does, has to forget it first: run
        <strong>Authentication: Remove Dynamic Authentication Providers</strong> there.
      </p>
      ${
        demoMode && isOnThisMachine(clientId)
          ? html`<p>
              For a document on this machine, as while you develop a client, there is
              <code>--cimd-allow-loopback</code>.
            </p>`
          : ''
      }
      <dl>
        <div>
          <dt>Reason, as in the log</dt>
          <dd><code>${error.reason}</code></dd>
        </div>
      </dl>
    `,
  };
}

function whatHappened(description: string): string {
  return description.replace(/^the metadata document of this client cannot be used: /, '');
}

function isOnThisMachine(clientId: string): boolean {
  return isLoopbackHost(URL.parse(clientId)?.hostname ?? '');
}
