import { html } from 'hono/html';
import { guessClient } from '../../../shared/oauth/known-clients.js';
import { isLoopbackRedirectUri } from '../../../shared/oauth/redirect-uri.js';
import type { ClientOrigin } from '../../../shared/oauth/routes.js';
import type { AuthorizationRequest, ClientRecord } from '../../store/records.js';
import { nameOf } from '../../clients/name.js';
import { meaningOfScope } from '../scope-meaning.js';
import type { Markup, Page } from './page.js';

/** What the consent page shows. */
export interface ConsentFacts {
  /** where the form goes */
  readonly action: string;
  readonly csrfToken: string;
  readonly client: ClientRecord;
  readonly request: AuthorizationRequest;
  readonly sub: string;
}

const HOW_KNOWN: Record<ClientOrigin, string> = {
  preset: 'It is configured on this authorization server.',
  dcr: 'It registered itself here. Its name is what it says of itself; nobody has checked it.',
  cimd: 'It is described by a document at the address that is its client ID.',
  adopted:
    'It was not known here before: it brought this client ID along without registering, and was adopted for this demo.',
};

/** Asks whether the client may have what it asks for. */
export function consentPage({ action, csrfToken, client, request, sub }: ConsentFacts): Page {
  return {
    title: 'Allow access?',
    status: 200,
    body: html`
      <h1>Allow access?</h1>
      <p><strong>${nameOf(client)}</strong> wants to act for you, <strong>${sub}</strong>.</p>
      ${client.origin === 'adopted' ? html`<p class="note">${HOW_KNOWN.adopted}</p>` : ''}
      <dl>
        ${fact('Client ID', html`<code>${client.client_id}</code>`)}
        ${client.origin === 'adopted' ? '' : fact('How it is known here', html`${HOW_KNOWN[client.origin]}`)}
        ${fact('You are sent back to', destination(request.redirect_uri))}
        ${fact('It may', scopes(request.scope))} ${fact('At', resources(request.resource))}
      </dl>
      <form method="post" action="${action}">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <div class="choice">
          <button type="submit" name="decision" value="allow">Allow</button>
          <button type="submit" name="decision" value="deny" class="second">Deny</button>
        </div>
      </form>
    `,
  };
}

function fact(term: string, description: Markup): Markup {
  return html`<div>
    <dt>${term}</dt>
    <dd>${description}</dd>
  </div>`;
}

function destination(redirectUri: string): Markup {
  const url = new URL(redirectUri);
  const looksLike = guessClient(redirectUri);
  const local = isLoopbackRedirectUri(redirectUri) ? ', a program on this machine' : '';
  const guess = looksLike ? html` <span class="quiet">(looks like ${looksLike.name})</span>` : '';
  return html`<strong>${url.host || url.protocol}</strong>${local}${guess}`;
}

function scopes(scope: string): Markup {
  const items = scope.split(' ').map((one) => html`<li><code>${one}</code>: ${meaningOfScope(one)}</li>`);
  return html`<ul>
    ${items}
  </ul>`;
}

function resources(resource: readonly string[]): Markup {
  if (resource.length === 0) return html`no resource in particular: the client named none`;
  return html`${resource.map((uri) => html`<code>${uri}</code> `)}`;
}
