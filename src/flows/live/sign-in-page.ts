import { createHash } from 'node:crypto';
import { html } from '../render/html/markup.js';
import { STYLE } from '../render/html/style.js';

/** What this page has beside the look of all others. */
const SIGN_IN_STYLE = `${STYLE}
main { max-width: 34rem; margin: 4vh auto 0; }
label { display: block; margin-bottom: 1rem; font-weight: 600; }
input {
  display: block; width: 100%; margin-top: .3rem; padding: .6rem .7rem; font: inherit; font-weight: 400;
  color: var(--ink); background: var(--paper); border: 1px solid var(--quiet); border-radius: .4rem;
}
button {
  padding: .65rem 1.4rem; font: inherit; font-weight: 600; cursor: pointer; border-radius: .4rem;
  color: var(--paper); background: var(--accent); border: 1px solid var(--accent);
}
`;

/**
 * The page that asks a browser for the token.
 *
 * @param fault what was wrong with the last attempt, in a sentence
 */
export function signInPage(
  status: number,
  fault?: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const hash = createHash('sha256').update(SIGN_IN_STYLE).digest('base64');
  const said = fault === undefined ? undefined : html`<p id="fault" class="bad" role="alert">${fault}</p>`;
  const page = html`<html lang="en" dir="ltr">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <link rel="icon" href="data:," />
      <title>Sign in to see the flows · mcp-oauth-demo</title>
      ${{ markup: `<style>${SIGN_IN_STYLE}</style>` }}
    </head>
    <body>
      <main>
        <section>
          <h1>See the flows</h1>
          <p>
            Whoever looks at what clients do here needs the token that this server was started with
            (<code>--flows-token</code>).
          </p>
          ${said}
          <form method="post" action="/flows/sign-in">
            <label>
              Token
              <input
                name="token"
                type="password"
                required
                autofocus
                autocomplete="current-password"
                spellcheck="false"
                ${fault === undefined ? undefined : html`aria-describedby="fault" aria-invalid="true"`}
              />
            </label>
            <button>Sign in</button>
          </form>
        </section>
      </main>
    </body>
  </html>`;
  return new Response(`<!doctype html>\n${page.markup}\n`, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; form-action 'self';` +
        " frame-ancestors 'none'; base-uri 'none'",
      ...headers,
    },
  });
}
