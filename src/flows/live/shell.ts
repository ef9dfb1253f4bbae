import { createHash } from 'node:crypto';
import { html, type Markup, shown } from '../render/html/markup.js';
import { STYLE } from '../render/html/style.js';
import type { SentPiece, Slot } from './piece.js';
import { LIVE_STYLE } from './style.js';
import type { Viewer } from './viewers.js';

/** What stands around the pieces of the page. */
export interface Shell {
  /** of the server that was asked, as `http://localhost:9000` */
  readonly origin: string;
  /** of the process: another one after a restart */
  readonly recorder: string;
  readonly version: string;
  readonly now: number;
  readonly pieces: readonly SentPiece[];
  readonly viewer: Viewer;
}

const WHOLE_STYLE = `${STYLE}${LIVE_STYLE}`;
const STYLE_HASH = createHash('sha256').update(WHOLE_STYLE).digest('base64');

/** Only our own style and script, and no request but to this server; nobody may put a frame around it. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${STYLE_HASH}'`,
  'img-src data:',
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The whole page. It says all that it knows without its script, which then keeps it as things are. */
export function page({ origin, recorder, version, now, pieces, viewer }: Shell): string {
  const slot = (name: Slot): Markup => ({
    markup: pieces
      .filter((piece) => piece.slot === name)
      .map((piece) => piece.html)
      .join('\n'),
  });
  // As it is, to the character: the policy names its hash.
  const styleElement = { markup: `<style>${WHOLE_STYLE}</style>` };
  const { markup } = html`<html lang="en" dir="ltr">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <link rel="icon" href="data:," />
      <title>Flows at ${shown(origin, 200)}</title>
      ${styleElement}
      <script type="module" src="/flows/live.js"></script>
    </head>
    <body class="live" data-recorder="${recorder}">
      <a class="skip" href="#shown">Skip to the flow</a>
      <header>
        <p class="eyebrow">MCP authorization flows</p>
        <h1>Flows at <code>${shown(origin, 200)}</code></h1>
        <p class="states">
          <span id="connection" role="status">As of ${timeAt(now)}. Reload to see what came since.</span>
          <span id="latest" role="status"></span>
        </p>
        <div data-slot="notes">${slot('notes')}</div>
      </header>
      <div class="columns">
        <nav aria-label="Clients and flows">
          <div data-slot="clients">${slot('clients')}</div>
          <div data-slot="flows">${slot('flows')}</div>
        </nav>
        <main id="shown" data-slot="flow" tabindex="-1">${slot('flow')}</main>
      </div>
      <footer>
        mcp-oauth-demo ${version}. Secrets, codes and tokens are replaced by their fingerprints when they are
        recorded. ${viewer.signedIn ? signOut(viewer) : undefined}
      </footer>
    </body>
  </html>`;
  return `<!doctype html>\n${markup}\n`;
}

function signOut({ csrfToken }: Viewer): Markup {
  return html`<form action="/flows/sign-out" method="post">
    <input type="hidden" name="csrf_token" value="${csrfToken}" />
    <button>Sign out</button>
  </form>`;
}

function timeAt(now: number): Markup {
  const iso = new Date(now).toISOString();
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}
