import { html, raw } from 'hono/html';
import type { Random } from '../../../shared/random.js';
import { STYLE } from './style.js';

/** Escaped HTML. */
export type Markup = ReturnType<typeof html>;

/** What every page is made of. */
export interface Page {
  readonly title: string;
  readonly body: Markup;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** where the user sees what they have allowed, for a link at the foot of the page */
  readonly grantsPath?: string;
}

/**
 * Makes a page into a response that nothing can be put into or around: no script, no frame, no style but ours.
 *
 * There is no `form-action` in the policy: Chromium holds it against the redirect that follows the consent form, and
 * would not let the user go back to the client. The referrer stays within this origin; `no-referrer` would make the
 * browser post our forms with `Origin: null`. There is no `cross-origin-opener-policy` either: it would cut a client that
 * opens us in a window of its own off from that window, also when the answer has come back.
 */
export async function renderPage(
  random: Random,
  { title, body, status, headers, grantsPath }: Page,
): Promise<Response> {
  const nonce = random.token(16);
  const document = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="data:," />
        <title>${title} · mcp-oauth-demo</title>
        <style nonce="${nonce}">
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <main>${body}</main>
        <footer>
          mcp-oauth-demo, authorization
          server${grantsPath === undefined ? '' : html` · <a href="${grantsPath}">What you have allowed</a>`}
        </footer>
      </body>
    </html>`;
  return new Response(String(document), {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; img-src data:; frame-ancestors 'none'; base-uri 'none'`,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}
