import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../../src/flows/index.js';
import { renderMermaid } from '../../../src/flows/render/mermaid.js';
import { createForeignPair, inspect, json } from '../support.js';
import { anyText, documentWith, inTurn, longDocument } from './hostile-document.js';

/** Letters, digits, marks without a meaning, and characters by their numbers. */
const TEXT = /^(?:[\p{L}\p{M}\p{N} .,:/_=?()'+*@!~…→⚠✗-]|#\d+;|<br\/>)*$/u;
const PARTY = '(?:browser|client|mcp_server|auth_server)';
const STATEMENT = new RegExp(
  `^  (?:participant ${PARTY} as [\\w ()]+|accTitle: (.*)|Note over ${PARTY}(?:,${PARTY})?: (.*)|${PARTY}(?:->>|-->>|--x)${PARTY}: (.*))$`,
  'u',
);

/** The texts of a diagram, each held against what Mermaid's grammar reads as a text. */
function textsOf(source: string): readonly string[] {
  const [first, ...lines] = source.trimEnd().split('\n');
  expect(first).toBe('sequenceDiagram');
  return lines.flatMap((line) => {
    const [, ...groups] = STATEMENT.exec(line) ?? [];
    if (groups.length === 0) throw new Error(`not a statement of ours: ${line}`);
    const text = groups.find((group) => group !== undefined);
    if (text === undefined) return [];
    expect(text).toMatch(TEXT);
    expect(text).not.toMatch(/style|classDef|wrap/i);
    return [text];
  });
}

/** As Mermaid shows a text. */
function shown(text: string): string {
  return text.replaceAll('<br/>', ' ').replace(/#(\d+);/g, (_, point) => String.fromCodePoint(Number(point)));
}

describe('a flow as a Mermaid diagram', () => {
  let document: FlowDocument;

  beforeAll(async () => {
    ({ document } = await inspect(createForeignPair().fetch));
  });

  it('has the parties as participants, the steps as notes, and a message for each request and response', () => {
    const source = renderMermaid(document);
    expect(source).toContain('participant auth_server as Authorization server (AS)');
    expect(source).toContain('Note over browser,auth_server: 4 Registration');
    expect(source).toContain('client->>auth_server: POST /register');
    expect(source).toContain('auth_server-->>client: 201 client_id registered-1');
    expect(source).toContain('browser->>client: GET /callback');
    expect(textsOf(source).map(shown)).toContain('401 Bearer challenge scope "notes.read"');
  });

  it('shows what was broken, and an answer that did not come', async () => {
    const broken = await inspect(
      createForeignPair({
        'POST as.example/token': () => {
          throw new TypeError('fetch failed');
        },
        'POST as.example/register': json({ client_id: 'a' }, { status: 200 }),
      }).fetch,
    );
    const source = renderMermaid(broken.document);
    expect(source).toContain('Note over auth_server: ✗ MUST broken: as.registration-created');
    expect(source).toMatch(/auth_server--xclient: ✗ /);
  });

  it('shows a text of a server as it is, whatever it means to Mermaid', async () => {
    const reason = 'a;b #c "d" %%e <f> &g; `h` $$i$$ {j} style:#k; ﬂ°°60¶ß';
    const failed = {
      ...document,
      steps: document.steps.map((step) => ({ ...step, outcome: 'failed', reason })),
    };
    const texts = textsOf(renderMermaid(failed as FlowDocument)).map(shown);
    expect(texts).toContain(`✗ ${reason}`);
  });

  it('lets no text of any member end a line, begin a statement or become markup', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 12 }), (texts) => {
        textsOf(renderMermaid(documentWith(document, inTurn(texts))));
      }),
    );
  });

  it('stays within what Mermaid reads, also with hundreds of exchanges, and says what it left out', () => {
    const source = renderMermaid(longDocument(document, 300, '#;'.repeat(500)));
    expect(source.length).toBeLessThan(50_000);
    expect(source).toMatch(/Note over browser,auth_server: … \d+ more …/);
    textsOf(source);
    expect(renderMermaid(longDocument(document, 300, 'x'), 4000).length).toBeLessThanOrEqual(4000);
  });
});
