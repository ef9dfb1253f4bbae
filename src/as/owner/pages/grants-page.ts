import { html } from 'hono/html';
import type { GrantRecord } from '../../store/records.js';
import type { UserGrant } from '../grants.js';
import { destination, fact, resources, scopes } from './facts.js';
import type { Markup, Page } from './page.js';

/** What the page of a user's grants shows. */
export interface GrantsFacts {
  /** where the forms that end a grant go; the page itself is there too */
  readonly action: string;
  readonly signOutAction: string;
  readonly csrfToken: string;
  readonly sub: string;
  /** true if a resource can tell by itself that a token is good, and need not learn that it was revoked */
  readonly selfContainedTokens: boolean;
  /** all grants of the user, the newest first */
  readonly grants: readonly UserGrant[];
  /** the part of them to show, from 1 on */
  readonly page: number;
  /** what has just been done */
  readonly notice: string | undefined;
}

const GRANTS_PER_PAGE = 20;

/** Lists which clients may act for the user, and ends what they do not want any more. */
export function grantsPage(facts: GrantsFacts): Page {
  const { signOutAction, csrfToken, grants, notice } = facts;
  const pages = Math.max(1, Math.ceil(grants.length / GRANTS_PER_PAGE));
  const page = Math.min(Math.max(1, facts.page), pages);
  const shown = grants.slice((page - 1) * GRANTS_PER_PAGE, page * GRANTS_PER_PAGE);
  return {
    title: 'What you have allowed',
    status: 200,
    body: html`
      <h1>What you have allowed</h1>
      ${notice === undefined ? '' : html`<p class="good" role="status">${notice}</p>`}
      <p>${introduction(facts)}</p>
      <ul class="entries">
        ${shown.map((grant) => entry(grant, facts, page))}
      </ul>
      ${pages === 1 ? '' : pageLinks(facts.action, page, pages)}
      <form method="post" action="${signOutAction}">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <button type="submit" class="second">Sign out</button>
      </form>
    `,
  };
}

function introduction({ sub, grants, selfContainedTokens }: GrantsFacts): Markup {
  const who = html`You are signed in as <strong>${sub}</strong>.`;
  if (grants.length === 0) {
    return html`${who} No client may act for you at the moment. Once you have allowed one, it is listed here.`;
  }
  const when = selfContainedTokens
    ? 'A resource that checks tokens by itself takes them until they expire, though.'
    : '';
  return html`${who} These clients may act for you. Each entry is one sign-in; revoking it ends all tokens
  that came from it, at once. ${when}`;
}

function entry({ id, value }: UserGrant, { action, csrfToken }: GrantsFacts, page: number): Markup {
  const name = value.client_name ?? value.client_id;
  return html`<li>
    <h2>${name}</h2>
    <dl>
      ${fact('Client ID', html`<code>${value.client_id}</code>`)}
      ${value.redirect_uri === undefined ? '' : fact('You were sent back to', destination(value.redirect_uri))}
      ${fact('It may', scopes(value.scope))} ${fact('At', resources(value.resource))}
      ${fact('Since', time(value.created_at))} ${fact('Tokens last issued', lastUse(value))}
    </dl>
    <form method="post" action="${action}?page=${page}">
      <input type="hidden" name="csrf_token" value="${csrfToken}" />
      <input type="hidden" name="grant" value="${id}" />
      <button type="submit" class="second">Revoke<span class="hidden"> the access of ${name}</span></button>
    </form>
  </li>`;
}

function lastUse({ last_used_at }: GrantRecord): Markup {
  return last_used_at === undefined ? html`not yet` : time(last_used_at);
}

/** A time in UTC: without a script the page can't know the clock of its reader. */
function time(seconds: number): Markup {
  const iso = new Date(seconds * 1000).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}

function pageLinks(action: string, page: number, pages: number): Markup {
  const link = (to: number, text: string) =>
    to < 1 || to > pages ? html`<span></span>` : html`<a href="${action}?page=${to}">${text}</a>`;
  return html`<nav class="pages" aria-label="Pages">
    ${link(page - 1, 'Newer')}<span>Page ${page} of ${pages}</span>${link(page + 1, 'Older')}
  </nav>`;
}
