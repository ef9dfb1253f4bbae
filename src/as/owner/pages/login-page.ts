import { html } from 'hono/html';
import { DEMO_USERNAME } from '../users.js';
import type { Page } from './page.js';

/** What the login page shows. */
export interface LoginFacts {
  /** where the form goes */
  readonly action: string;
  readonly csrfToken: string;
  /** the client's name, or its id */
  readonly client: string;
  /** true if any password signs the demo user in */
  readonly demo: boolean;
  /** of a try that failed: what to say, and how long to wait in seconds */
  readonly failure?: { readonly message: string; readonly retryAfter?: number };
}

/** Asks for user name and password. Only the demo user is filled in. */
export function loginPage({ action, csrfToken, client, demo, failure }: LoginFacts): Page {
  const slowed = failure?.retryAfter;
  return {
    title: 'Sign in',
    status: slowed !== undefined ? 429 : failure ? 403 : 200,
    ...(slowed !== undefined && { headers: { 'retry-after': String(slowed) } }),
    body: html`
      <h1>Sign in</h1>
      <p>to continue to <strong>${client}</strong></p>
      ${failure ? html`<p class="bad" role="alert">${failure.message}</p>` : ''}
      ${
        demo
          ? html`<p class="note">
              This is a demo on your own machine: sign in as <code>${DEMO_USERNAME}</code> with any password.
              No password is checked or kept.
            </p>`
          : ''
      }
      <form method="post" action="${action}">
        <input type="hidden" name="csrf_token" value="${csrfToken}" />
        <label
          >User name
          <input
            type="text"
            name="username"
            value="${demo ? DEMO_USERNAME : ''}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
            ${demo ? '' : 'autofocus'}
          />
        </label>
        <label
          >Password
          <input
            type="password"
            name="password"
            value="${demo ? 'demo_password' : ''}"
            autocomplete="current-password"
            ${demo ? 'autofocus' : 'required'}
          />
        </label>
        <button type="submit">Sign in</button>
      </form>
    `,
  };
}
