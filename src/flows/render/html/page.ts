import { createHash } from 'node:crypto';
import type { FlowDocument } from '../../trace/trace.js';
import { createAnchors } from './anchors.js';
import { checksSection } from './checks.js';
import { diagramSection } from './diagram.js';
import { findingsSection } from './findings.js';
import { identifiersSection } from './identifiers.js';
import { code, html, type Markup, shown } from './markup.js';
import { routeSection } from './route.js';
import { stepsSection } from './steps.js';
import { STYLE } from './style.js';
import { verdictSection } from './verdict.js';

/**
 * A flow as one HTML file, to keep and to show: it asks nothing of the network and has no script, and its policy lets no
 * other style, script or request in. No text of a server becomes an element.
 */
export function renderHtml(document: FlowDocument): string {
  const anchors = createAnchors();
  const body = [
    verdictSection(document),
    findingsSection(document.watched?.findings ?? []),
    diagramSection(document),
    routeSection(document),
    stepsSection(document, anchors),
    checksSection(document, anchors),
    identifiersSection(document),
  ];
  return `<!doctype html>\n${page(document, body).markup}\n`;
}

function page(document: FlowDocument, sections: readonly Markup[]): Markup {
  const { target, generator, started_at: startedAt, milliseconds } = document;
  const policy = `default-src 'none'; style-src 'sha256-${hashOf(STYLE)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  // As it is, to the character: the policy names its hash.
  const styleElement = { markup: `<style>${STYLE}</style>` };
  return html`<html lang="en" dir="ltr">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="content-security-policy" content="${policy}" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <meta name="robots" content="noindex" />
      <link rel="icon" href="data:," />
      <title>Authorization flow of ${shown(target, 200)}</title>
      ${styleElement}
    </head>
    <body>
      <header>
        <p class="eyebrow">
          ${document.watched === null ? 'MCP authorization flow' : 'Watched MCP authorization flow'}
        </p>
        <h1>${code(target)}</h1>
        <p class="quiet">${shown(startedAt, 100)}, took ${milliseconds} ms</p>
        <nav aria-label="Sections">
          <ul>
            ${links(document)}
          </ul>
        </nav>
      </header>
      <main>${sections}</main>
      <footer>
        ${shown(`${generator.name} ${generator.version}`, 200)}. Secrets, codes and tokens are replaced by
        their fingerprints.
      </footer>
    </body>
  </html>`;
}

function links({ checks, identifiers, watched }: FlowDocument): readonly Markup[] {
  return [
    'Verdict',
    ...(watched === null || watched.findings.length === 0 ? [] : ['Findings']),
    'Diagram',
    'Route',
    'Steps',
    ...(checks.length === 0 ? [] : ['Checks']),
    ...(identifiers.length === 0 ? [] : ['Identifiers']),
  ].map((name) => html`<li><a href="#${name.toLowerCase()}">${name}</a></li>`);
}

function hashOf(style: string): string {
  return createHash('sha256').update(style).digest('base64');
}
