import { diagramOf } from '../../diagram/diagram.js';
import type { FlowDocument } from '../../trace/trace.js';
import { anchorsOfRows } from './anchors.js';
import { CANVASES, drawing, inWords } from './drawing.js';
import { html, type Markup } from './markup.js';

/** The section with the diagram, drawn and in words. */
export function diagramSection(document: FlowDocument): Markup {
  const diagram = diagramOf(document);
  const anchors = anchorsOfRows(document);
  const words = diagram.rows.map((row) => {
    const id = anchors.get(row.sequence);
    return id === undefined
      ? html`<li>${inWords(row)}</li>`
      : html`<li><a href="#${id}">${inWords(row)}</a></li>`;
  });
  return html`<section id="diagram">
    <h2>Diagram</h2>
    <figure>${CANVASES.map((canvas) => drawing(diagram, canvas, anchors))}</figure>
    <details class="words">
      <summary>The diagram in words</summary>
      <ol>
        ${words}
      </ol>
    </details>
  </section>`;
}
