import { html } from 'hono/html';
import { guessClient } from '../../../shared/oauth/known-clients.js';
import { isLoopbackRedirectUri } from '../../../shared/oauth/redirect-uri.js';
import { meaningOfScope } from '../scope-meaning.js';
import { duration } from './duration.js';
import type { Markup } from './page.js';

/** One row of a list of facts. */
export function fact(term: string, description: Markup): Markup {
  return html`<div>
    <dt>${term}</dt>
    <dd>${description}</dd>
  </div>`;
}

/** Where the user is sent back to: its host, and what that says of the client. */
export function destination(redirectUri: string): Markup {
  const url = new URL(redirectUri);
  const looksLike = guessClient(redirectUri);
  const local = isLoopbackRedirectUri(redirectUri) ? ', a program on this machine' : '';
  const guess = looksLike ? html` <span class="quiet">(looks like ${looksLike.name})</span>` : '';
  return html`<strong>${url.host || url.protocol}</strong>${local}${guess}`;
}

/** What each scope of a space-separated list allows. */
export function scopes(scope: string): Markup {
  return listOf(scope.split(' '));
}

/**
 * The same for what is asked for; where some of it was allowed before, what is new comes first.
 *
 * @param before scopes that the client has already
 */
export function scopesAskedFor(scope: string, before: ReadonlySet<string>): Markup {
  const asked = scope.split(' ');
  const added = asked.filter((one) => !before.has(one));
  const known = asked.filter((one) => before.has(one));
  if (added.length === 0 || known.length === 0) return listOf(asked);
  return html`<div>New:</div>
    ${listOf(added)}
    <div>Allowed before:</div>
    ${listOf(known)}`;
}

function listOf(each: readonly string[]): Markup {
  const items = each.map((one) => html`<li><code>${one}</code>: ${meaningOfScope(one)}</li>`);
  return html`<ul>
    ${items}
  </ul>`;
}

/** The resources that tokens are for. */
export function resources(resource: readonly string[]): Markup {
  if (resource.length === 0) return html`no resource in particular: the client named none`;
  return html`${resource.map((uri) => html`<code>${uri}</code> `)}`;
}

/** How long what the user allows lasts. */
export interface Lifetime {
  /** until it ends by itself; where it is renewed, counted from its last use */
  readonly seconds: number;
  /** whether each use lets it live on */
  readonly renewed: boolean;
}

/** How long the client keeps what it gets. */
export function lifetime({ seconds, renewed }: Lifetime): Markup {
  return renewed
    ? html`until you withdraw it, or it is not used for ${duration(seconds)}`
    : html`${duration(seconds)}, if you do not withdraw it before`;
}
