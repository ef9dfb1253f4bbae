import { html, link, type Markup, shown } from '../render/html/markup.js';
import type { Finding, Responsible } from '../trace/watched-facts.js';

const WHO: Readonly<Record<Responsible, string>> = {
  client: 'Who makes the client',
  as: 'Who runs the authorization server',
  rs: 'Who runs the MCP server',
  user: 'Who uses the client',
};

/** What is wrong with a flow or worth knowing of it, with who should change what; nothing where there is nothing. */
export function findingsSection(findings: readonly Finding[]): Markup {
  if (findings.length === 0) return html``;
  const sorted = findings.toSorted(
    (one, other) => Number(other.severity === 'problem') - Number(one.severity === 'problem'),
  );
  return html`<section id="findings">
    <h2>Findings</h2>
    ${sorted.map(
      ({ id, severity, what, evidence, who, change, spec }) =>
        html`<article class="finding ${severity === 'problem' ? 'bad' : 'warn'}">
          <h3>${severity === 'problem' ? '✗' : '!'} ${shown(what)}</h3>
          <ul>
            ${evidence.map((sentence) => html`<li>${shown(sentence)}</li>`)}
          </ul>
          <p>
            <strong>${WHO[who]}</strong>: ${shown(change)}
            ${spec === null ? undefined : html`<span class="spec">${link(spec.title, spec.url)}</span>`}
          </p>
          <p class="quiet"><code>${shown(id, 80)}</code></p>
        </article>`,
    )}
  </section>`;
}
