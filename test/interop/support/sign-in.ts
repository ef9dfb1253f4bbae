import type { Fetch } from '../../../src/shared/http/fetch.js';
import { createBrowser, readForm } from '../../support/browser.js';

/** More pages than there can be between the client's request and its redirect URI. */
const MOST_PAGES = 5;

/**
 * The user's part of the flow: signs in with what the page has filled in and any password, and presses the first
 * button of each page.
 *
 * @param authorizationUrl where the client sends its user
 * @param network how its browser reaches the pages
 * @returns the redirect to the client, not yet followed
 * @throws if a page has no form, or the flow does not end
 */
export async function signIn(authorizationUrl: string | URL, network: Fetch = fetch): Promise<URL> {
  const start = new URL(authorizationUrl);
  const browser = createBrowser(network, start.origin);
  let page = await browser.visit(start);
  for (let pages = 0; pages < MOST_PAGES && !page.left; pages += 1) {
    const { values } = readForm(page.html);
    page = await browser.submit(page, {
      fields: {
        // A page of others has not filled in who signs in.
        ...(values.get('login') === '' && { login: 'alice' }),
        ...(values.has('password') && { password: 'any password' }),
      },
    });
  }
  if (!page.left)
    throw new Error(`no redirect to the client, but ${page.status} at ${page.url}:\n${page.html}`);
  return page.left;
}
