import type { Finding } from '../../trace/watched-facts.js';
import { problemsFirst, RESPONSIBLE_IN_WORDS } from '../verdict-texts.js';
import { capitalised } from '../../../shared/words.js';
import { html, link, type Markup, shown } from './markup.js';

/** What is wrong with a flow or worth knowing of it, with who should change what; nothing where there is nothing. */
export function findingsSection(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return html``;
  return html`<section id="findings">
    <h2>Findings</h2>
    ${problemsFirst(findings).map(
      ({ id, severity, what, evidence, who, change, spec }) =>
        html`<article class="finding ${severity === 'problem' ? 'bad' : 'warn'}">
          <h3>${severity === 'problem' ? '✗' : '!'} ${capitalised(shown(what))}</h3>
          <ul>
            ${evidence.map((sentence) => html`<li>${shown(sentence)}</li>`)}
          </ul>
          <p>
            <strong>${RESPONSIBLE_IN_WORDS[who]}</strong>: ${shown(change)}
            ${spec === null ? undefined : html`<span class="spec">${link(spec.title, spec.url)}</span>`}
          </p>
          <p class="quiet">${severity} <code>${shown(id, 80)}</code></p>
        </article>`,
    )}
  </section>`;
}
