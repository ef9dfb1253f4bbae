import { html } from 'hono/html';
import type { Page } from './page.js';

/**
 * Says that this browser is signed out.
 *
 * @param grantsPath where the user sees what they have allowed, after a new login
 */
export function signedOutPage(grantsPath: string): Page {
  return {
    title: 'Signed out',
    status: 200,
    body: html`
      <h1>You are signed out</h1>
      <p>
        The next client that wants to act for you leads to the login page again. Clients that you have allowed
        keep their access; <a href="${grantsPath}">sign in again</a> to end it.
      </p>
    `,
  };
}
