import type { FlowDocument } from '../../trace/trace.js';
import { capitalised } from '../../../shared/words.js';
import { html, type Markup, shown } from './markup.js';
import { facts } from './verdict.js';

/** How the client came by its client_id: the reasons, the ways that were open, and the record of our own server. */
export function routeSection({ registration }: FlowDocument): Markup {
  const { because, precedence, chosen, conforming, evidence } = registration;
  const ways = precedence.map((considered) => {
    const { way, possible, because: why } = considered;
    return html`<li class="${way === chosen ? 'taken' : ''}">
      <h3>${way}</h3>
      <p class="marks">
        <span class="${possible ? 'good' : 'quiet'}">${possible ? '✓ open' : '· not open'}</span>
        ${way === chosen ? html`<span class="mark">taken</span>` : undefined}
        ${way === conforming ? html`<span class="mark">what the specification wants</span>` : undefined}
      </p>
      <p>${capitalised(shown(why))}.</p>
    </li>`;
  });
  return html`<section id="route">
    <h2>Route</h2>
    <ul>
      ${because.map((sentence) => html`<li>${capitalised(shown(sentence))}.</li>`)}
    </ul>
    ${
      ways.length === 0
        ? undefined
        : html`<p>The ways to a client_id, in the order of the specification:</p>
            <ol class="ways">
              ${ways}
            </ol>`
    }
    ${
      evidence === null
        ? undefined
        : html`<p>The record of the authorization server:</p>
            ${facts([
              ['origin', evidence.origin],
              ['created', timeText(evidence.created_at)],
              ['last used', evidence.last_used_at === null ? 'never' : timeText(evidence.last_used_at)],
              ['codes redeemed', evidence.flows],
            ])}`
    }
  </section>`;
}

/** @param seconds since the epoch, as a server wrote it */
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}
