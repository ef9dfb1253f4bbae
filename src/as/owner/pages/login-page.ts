import { html } from 'hono/html';
import { DEMO_USERNAME } from '../users.js';
import type { Page } from './page.js';

/** What the login page shows. */
export interface LoginFacts {
  /** where the form goes */
  readonly action: string;
  readonly csrfToken: string;
  /** the client's name, or its id; absent where the user came to see what they have allowed */
  readonly client: string | undefined;
  /** true if any password signs the demo user in */
  readonly demo: boolean;
  /** what to fill in as the user name, where it is not the demo user's */
  readonly username: string | undefined;
  /** of a try that failed */
  readonly failure: LoginFailure | undefined;
  /** where the user sees what they have allowed */
  readonly grantsPath: string;
}

/** What to say after a try that failed, and how long to wait in seconds. */
export interface LoginFailure {
  readonly message: string;
  readonly retryAfter?: number;
}

/** Asks for user name and password. Only the demo user's are filled in. */
export function loginPage(facts: LoginFacts): Page {
  const { action, csrfToken, client, demo, username, failure, grantsPath } = facts;
  const slowed = failure?.retryAfter;
  return {
    title: 'Sign in',
    status: slowed !== undefined ? 429 : failure ? 403 : 200,
    ...(client !== undefined && { grantsPath }),
    ...(slowed !== undefined && { headers: { 'retry-after': String(slowed) } }),
    body: html`
      <h1>Sign in</h1>
      ${client === undefined ? html`<p>to see what you have allowed</p>` : html`<p>to continue to <strong>${client}</strong></p>`}
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
        ${credentialFields(demo, demo ? DEMO_USERNAME : username)}
        <button type="submit">Sign in</button>
      </form>
    `,
  };
}

/** User name and password; the cursor is where something has to be typed. */
function credentialFields(demo: boolean, filledIn: string | undefined) {
  return html`
    <label
      >User name
      <input
        type="text"
        name="username"
        value="${filledIn ?? ''}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        required
        ${filledIn === undefined ? 'autofocus' : ''}
      />
    </label>
    <label
      >Password
      <input
        type="password"
        name="password"
        value="${demo ? 'demo_password' : ''}"
        autocomplete="current-password"
        ${demo ? '' : 'required'}
        ${filledIn === undefined ? '' : 'autofocus'}
      />
    </label>
  `;
}
