import type { LeverResult, OfferedLever } from '../../shared/oauth/client-levers.js';
import { capitalised } from '../../shared/words.js';
import { code, html, link, type Markup, shown } from '../render/html/markup.js';
import { LEVERS_PATH } from '../record/meaning.js';

/** For whom the forms are drawn. */
export interface LeverForms {
  readonly clientId: string;
  /** empty where the authorization server is another process */
  readonly offered: readonly OfferedLever[];
  /** of the viewer */
  readonly csrfToken: string;
  /** of the authorization server that the client goes to, if it is known */
  readonly issuer: string | undefined;
}

/** What can be done to a client, each with a button and with what must not be expected of it. */
export function leverSection({ clientId, offered, csrfToken, issuer }: LeverForms): Markup {
  return html`<section id="levers" aria-labelledby="levers-title">
    <h2 id="levers-title">Act on this client</h2>
    <p class="quiet">To see what ${code(clientId, 80)} does then.</p>
    ${
      offered.length === 0
        ? html`<p>That is done at the authorization server, which is another process${elsewhere(issuer)}.</p>`
        : html`<ul class="levers">
            ${offered.map((lever) => leverItem(lever, clientId, csrfToken))}
          </ul>`
    }
  </section>`;
}

function elsewhere(issuer: string | undefined): Markup | undefined {
  const origin = issuer === undefined ? undefined : URL.parse(issuer)?.origin;
  return origin === undefined || origin === 'null'
    ? undefined
    : html`: ${link('its flows', `${origin}/flows`)}`;
}

function leverItem(
  { lever, label, does, cannot, impossible }: OfferedLever,
  clientId: string,
  csrfToken: string,
): Markup {
  const isPossible = impossible === undefined;
  return html`<li>
    <form action="${LEVERS_PATH}" method="post">
      <input type="hidden" name="lever" value="${lever}" />
      <input type="hidden" name="client_id" value="${clientId}" />
      <input type="hidden" name="csrf_token" value="${csrfToken}" />
      <button aria-describedby="lever-${lever}" ${isPossible ? undefined : html` disabled`}>${label}</button>
    </form>
    <div id="lever-${lever}">
      <p>${isPossible ? sentence(does) : html`Not possible: ${sentence(impossible)}`}</p>
      ${isPossible ? limits(cannot) : undefined}
    </div>
  </li>`;
}

/** What came of a lever, for whoever pulled it. */
export function leverNotice({ pulled, said, cannot, client_id: clientId }: LeverResult): Markup {
  return html`<section class="notice ${pulled ? 'good' : 'warn'}" aria-label="What came of it">
    <p><strong>${pulled ? '✓' : '!'}</strong> ${code(clientId, 80)}: ${sentence(said)}</p>
    ${limits(cannot)}
  </section>`;
}

function limits(cannot: readonly string[]): Markup | undefined {
  if (cannot.length === 0) return undefined;
  return html`<p class="quiet">What not to expect:</p>
    <ul class="quiet">
      ${cannot.map((text) => html`<li>${sentence(text)}</li>`)}
    </ul>`;
}

function sentence(text: string): string {
  return `${capitalised(shown(text))}${/[.!?]$/.test(text) ? '' : '.'}`;
}
