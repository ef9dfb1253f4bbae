import { createAnchors } from '../render/html/anchors.js';
import { diagramSection } from '../render/html/diagram.js';
import { findingsSection } from '../render/html/findings.js';
import { identifiersSection } from '../render/html/identifiers.js';
import { code, html, link, type Markup, type Part, shown } from '../render/html/markup.js';
import { routeSection } from '../render/html/route.js';
import { chapterSection, type ExchangeRemark, skippedLine, toldChapters } from '../render/html/steps.js';
import { facts } from '../render/html/verdict.js';
import { ROUTE_IN_WORDS } from '../render/verdict-texts.js';
import { STEP_TEXTS } from '../trace/step-texts.js';
import type { FlowDocument } from '../trace/trace.js';
import type { Watch } from '../watch/watch.js';
import type { LinkedExchange, WatchedFlow } from '../watch/watched-flow.js';
import { EXPORT_FORMS } from './export.js';
import { meaningText } from './meaning-texts.js';
import type { Piece } from './piece.js';
import { hrefOf } from './selection.js';
import { clientName, counted, stateOf, timeOfDay } from './words.js';

/** So many flows are kept as they were drawn last. */
const MAX_DRAWN = 8;

/**
 * Draws flows, and each only once until something happens in it, however many look.
 *
 * @returns what draws one
 */
export function piecesOf(
  watch: Watch,
  documentOf: (flow: WatchedFlow) => FlowDocument,
): (flow: WatchedFlow) => readonly Piece[] {
  const drawn = new Map<string, readonly Piece[]>();
  watch.subscribe((update) => drawn.delete('flow' in update ? update.flow.id : update.id));
  return (flow) => {
    const kept = drawn.get(flow.id);
    if (kept !== undefined) return kept;
    const pieces = draw(flow, documentOf(flow));
    if (drawn.size >= MAX_DRAWN) drawn.delete([...drawn.keys()][0]!);
    drawn.set(flow.id, pieces);
    return pieces;
  };
}

/** Ids of the pieces name the flow, so that nothing of another one is taken for a part of this. */
function draw(flow: WatchedFlow, document: FlowDocument): readonly Piece[] {
  const anchors = createAnchors();
  const piece = (name: string, content: Markup): Piece => ({
    slot: 'flow',
    id: `${flow.id}-${name}`,
    content,
  });
  const { told, skipped } = toldChapters(document);
  const remark = remarks(flow, document);
  return [
    piece('head', head(flow)),
    piece('findings', findingsSection(flow.findings)),
    piece('diagram', diagramSection(document)),
    piece('route', routeSection(document)),
    piece(
      'steps',
      html`<section id="steps">
        <h2>Steps</h2>
        <p class="quiet">
          ${counted(flow.exchanges.length, 'exchange')}${flow.omitted > 0 ? `, and ${flow.omitted} more that were left out: a flow keeps the first and the last ones` : ''}.
          Headers and bodies are behind each; codes, tokens and passwords are not in them.
        </p>
        ${skippedLine(skipped)}
      </section>`,
    ),
    ...told.map((chapter, index) =>
      piece(
        `step-${chapter.step?.sequence ?? `${chapter.number}-${index}`}`,
        chapterSection(chapter, anchors, remark),
      ),
    ),
    piece('identifiers', identifiersSection(document)),
  ];
}

/** What stands below each exchange: why it is sent, by which rule, and what the server said of it. */
function remarks(flow: WatchedFlow, { exchanges }: FlowDocument): ExchangeRemark {
  const linked = new Map(exchanges.map((exchange, index) => [exchange, flow.exchanges[index]]));
  return (exchange) => {
    const known = linked.get(exchange);
    return known === undefined ? undefined : remark(known);
  };
}

function remark({ exchange }: LinkedExchange): Markup {
  const { purpose, spec } = meaningText(exchange);
  return html`<p class="meaning">
      ${purpose}
      ${spec === undefined ? undefined : html`<span class="spec">${link(spec.title, spec.url)}</span>`}
    </p>
    ${exchange.said.map((line) => html`<p class="said"><span class="quiet">${exchange.to === 'as' ? 'AS' : 'RS'} says:</span> ${shown(line, 600)}</p>`)}`;
}

function head(flow: WatchedFlow): Markup {
  const { id, clientId, client, route, target, issuer, startedAt, updatedAt, lastStep, reason } = flow;
  const { text, look } = stateOf(flow);
  const rows: readonly (readonly [string, Part])[] = [
    ...(client === undefined ? [] : [['Client', guess(client.name, client.evidence)] as const]),
    ['client_id', clientId === undefined ? 'none was named yet' : code(clientId, 300)],
    ...(route.route === null
      ? []
      : [['Route', html`<strong>${route.route}</strong>: ${ROUTE_IN_WORDS[route.route]}`] as const]),
    ...(flow.follows === undefined
      ? []
      : [['Goes on from', html`<a href="${hrefOf({ flow: flow.follows })}">${flow.follows}</a>`] as const]),
    ...(lastStep === undefined ? [] : [['Last step', STEP_TEXTS[lastStep].title] as const]),
    ...(target === undefined ? [] : [['MCP server', code(target, 300)] as const]),
    ...(issuer === undefined ? [] : [['Authorization server', code(issuer, 300)] as const]),
    ['Seen', html`${timeOfDay(startedAt)} to ${timeOfDay(updatedAt)}`],
    ...(flow.tokenLastUsedAt === undefined
      ? []
      : [['Token last used', timeOfDay(flow.tokenLastUsedAt)] as const]),
    ['Comes from', origins(flow)],
  ];
  return html`<section aria-labelledby="flow-title" class="verdict ${look}">
    <p class="eyebrow">Flow ${id}</p>
    <h2 id="flow-title">${clientName(flow)} <span class="state ${look}">${text}</span></h2>
    ${reason === undefined ? undefined : html`<p>${shown(reason)}</p>`} ${facts(rows)}
    <ul class="exports" aria-label="Take this flow along">
      <li class="quiet">Save as</li>
      ${EXPORT_FORMS.map(({ extension, name }) => html`<li><a href="/flows/${id}.${extension}">${name}</a></li>`)}
    </ul>
  </section>`;
}

function guess(name: string, evidence: readonly string[]): Markup {
  return html`<strong>${shown(name, 100)}</strong>, by the looks of it
    <ul>
      ${evidence.map((sentence) => html`<li>${shown(sentence, 600)}</li>`)}
    </ul>`;
}

/** So many addresses and user agents are named. */
const MAX_ORIGINS = 6;

function origins({ exchanges }: WatchedFlow): Markup {
  const ofClient = exchanges.filter(({ exchange }) => exchange.from !== 'rs');
  const all = new Set(
    ofClient.flatMap(({ exchange: { peer, request } }) => [
      ...(peer === null ? [] : [peer.address]),
      ...(request.headers['user-agent'] === undefined ? [] : [request.headers['user-agent']]),
    ]),
  );
  if (all.size === 0) return html`nothing tells`;
  const named = [...all].slice(0, MAX_ORIGINS);
  return html`<ul class="plain">
    ${named.map((text) => html`<li>${code(text, 200)}</li>`)}
    ${all.size > named.length ? html`<li class="quiet">… and ${all.size - named.length} more</li>` : undefined}
  </ul>`;
}
