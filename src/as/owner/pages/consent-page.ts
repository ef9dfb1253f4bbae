import { html } from 'hono/html';
import type { ClientOrigin } from '../../../shared/oauth/routes.js';
import type { AuthorizationRequest, ClientRecord } from '../../store/records.js';
import { nameOf } from '../../clients/name.js';
import { clientDocumentNote } from './client-document-note.js';
import { clientPages } from './client-pages.js';
import { destination, fact, type Lifetime, lifetime, resources, scopesAskedFor } from './facts.js';
import type { Page } from './page.js';

/** What the consent page shows. */
export interface ConsentFacts {
  /** where the form goes */
  readonly action: string;
  readonly csrfToken: string;
  readonly client: ClientRecord;
  readonly request: AuthorizationRequest;
  readonly sub: string;
  /** scopes that the client has from this user already */
  readonly allowedBefore: ReadonlySet<string>;
  readonly lifetime: Lifetime;
  /** whether the client will be made to register before it gets what is allowed */
  readonly asksTwice: boolean;
  /** where the user sees what they have allowed */
  readonly grantsPath: string;
}

const HOW_KNOWN: Record<ClientOrigin, string> = {
  preset: 'It is configured on this authorization server.',
  dcr: 'It registered itself here. Its name is what it says of itself; nobody has checked it.',
  cimd: 'It is described by a document at the address that is its client ID.',
  adopted:
    'It was not known here before: it brought this client ID along without registering, and was adopted for this demo.',
};

/** With `unknownClients` `reregister` or `reject-200`. */
const ASKS_TWICE =
  'It gets no access by this yet: this server has it register first, and then you are asked once more.';

/**
 * Asks whether the client may have what it asks for.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-7.3 OAuth 2.1 §7.3}
 */
export function consentPage(facts: ConsentFacts): Page {
  const { action, csrfToken, client, request, sub, asksTwice, grantsPath } = facts;
  return {
    title: 'Allow access?',
    status: 200,
    grantsPath,
    body: html`
      <h1>Allow access?</h1>
      <p><strong>${nameOf(client)}</strong> wants to act for you, <strong>${sub}</strong>.</p>
      ${client.origin === 'adopted' ? html`<p class="note">${HOW_KNOWN.adopted} ${asksTwice ? ASKS_TWICE : ''}</p>` : ''}
      ${client.origin === 'cimd' ? clientDocumentNote(client) : ''}
      <dl>
        ${fact('Client ID', html`<code>${client.client_id}</code>`)}
        ${client.origin === 'adopted' ? '' : fact('How it is known here', html`${HOW_KNOWN[client.origin]}`)}
        ${fact('You are sent back to', destination(request.redirect_uri))}
        ${fact('It may', scopesAskedFor(request.scope, facts.allowedBefore))}
        ${fact('At', resources(request.resource))} ${fact('How long', lifetime(facts.lifetime))}
        ${clientPages(client)}
      </dl>
      <form method="post" action="${action}">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <div class="choice">
          <button type="submit" name="decision" value="allow">Allow</button>
          <button type="submit" name="decision" value="deny" class="second">Deny</button>
        </div>
      </form>
      <form method="post" action="${action}" class="aside">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <span>Signed in as <strong>${sub}</strong>. Not you?</span>
        <button type="submit" name="decision" value="switch_account" class="link">
          Sign in as somebody else
        </button>
      </form>
    `,
  };
}
