import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlowDocument, renderFlow } from '../../../src/flows/index.js';
import { columnsOf, inAscii } from '../../../src/flows/render/columns.js';
import { createForeignPair, inspect, json, RESOURCE_METADATA, TARGET, TOKEN_RESPONSE } from '../support.js';

const { document } = await inspect(createForeignPair().fetch);

/** Our own sequences: colours, and links with nothing but ASCII in them. */
const ESC = String.fromCharCode(27);
const OURS = new RegExp(`${ESC}\\[\\d+m|${ESC}\\]8;;[\\x21-\\x7e]*${ESC}\\\\`, 'g');

async function shown(flow: FlowDocument, options: Parameters<typeof renderFlow>[2] = {}) {
  return (await renderFlow('text', flow, options)).split('\n');
}

/** The lines of the diagram, without what is before and after. */
function diagramOf(lines: readonly string[]): readonly string[] {
  const start = lines.indexOf(' Flow at a glance ');
  const end = lines.findIndex((line) => line === ' Verdict ');
  return lines.slice(start + 2, end - 1);
}

/** What a server may put anywhere: words, control characters, wide and combining ones, and the halves of pairs. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '\u001b[2J',
    '\u009b31m',
    '\u202e',
    '漢字'.repeat(30),
    'e' + '\u0301'.repeat(50),
    '\ud800',
    '\u200b',
  ),
);

/** The same flow, with a text of a server wherever one can be. */
function withText(text: string): FlowDocument {
  return {
    ...document,
    exchanges: document.exchanges.map((exchange) => ({
      ...exchange,
      request: { ...exchange.request, method: text, url: text },
      response: exchange.response && {
        ...exchange.response,
        headers: { 'www-authenticate': text, location: text },
        body: { error: text, [text]: [text] },
      },
    })),
    decisions: document.decisions.map((decision) => ({
      ...decision,
      what: text,
      because: text,
      spec: { title: text, url: `https://spec.example/${text}` },
    })),
    steps: document.steps.map((step) => ({ ...step, outcome: 'failed' as const, reason: text })),
    checks: document.checks.map((check) => ({
      ...check,
      status: 'fail' as const,
      evidence: text,
      rule: text,
    })),
    identifiers: document.identifiers.map((seen, index) => (index % 2 ? { ...seen, value: text } : seen)),
    reason: text,
  };
}

describe('the text report', () => {
  it('is as wide as the window at most, whatever a server says, and holds no control character of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        hostile,
        fc.integer({ min: 20, max: 200 }),
        fc.boolean(),
        fc.boolean(),
        async (text, width, colour, unicode) => {
          const lines = await shown(withText(text), { width, colour, links: colour, unicode });
          for (const line of lines) {
            const plain = line.replace(OURS, '');
            expect(plain).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
            if (!unicode) expect(plain).toMatch(/^[\x20-\x7e]*$/);
            if (!plain.includes('://')) expect(columnsOf(plain), plain).toBeLessThanOrEqual(width);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps the lanes under each other, whatever stands beside them', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, fc.integer({ min: 60, max: 99 }), async (text, width) => {
        const lines = diagramOf(await shown(withText(text), { width, quiet: true }));
        const rungs = lines.filter((line) => /^ {4}[│├┤◄✗●!]/.test(line));
        expect(rungs.length).toBeGreaterThan(20);
        for (const rung of rungs) {
          for (const column of [4, 12, 20, 28]) expect(rung[column], rung).toMatch(/[│├┤┼✗●!]/);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the diagram in a terminal', () => {
  it('has named lanes, and an arrow for each message', async () => {
    const lines = diagramOf(await shown(document));
    expect(lines[0]).toBe(' browser  client    RS      AS');
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}│ {7}├──────►│ {7}│ {3}POST \/mcp tools\/list/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}│ {7}├───────┼──────►│ {3}POST \/token/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {4}│ {7}◄|^ {4}│ {7}│◄╌╌╌╌╌╌┤ {7}│ {3}401 Bearer challenge/),
    );
  });

  it('has lanes with short names and a legend in a window of 40 columns, and a list in a narrower one', async () => {
    const narrow = await shown(document, { width: 40 });
    expect(narrow).toContain(' B   C   RS  AS');
    expect(narrow.join(' ')).toMatch(/B browser, C client/);
    const list = await shown(document, { width: 39 });
    expect(list.join('\n')).toMatch(/^ client → RS POST \/mcp/m);
    expect(list.join('\n')).not.toMatch(/│/);
  });

  it('is all that is shown with quiet, beside the verdict', async () => {
    const [whole, quiet] = [await shown(document), await shown(document, { quiet: true })];
    expect(diagramOf(quiet)).toEqual(diagramOf(whole).slice(0, diagramOf(quiet).length));
    expect(quiet).toContain(' Verdict ');
    expect(quiet.join('\n')).not.toMatch(/because|Ask without a token|✓ issuer/);
    expect(quiet.length).toBeLessThan(70);
  });

  it('has the same lines in ASCII, where a terminal knows no more', async () => {
    const [unicode, ascii] = [await shown(document), await shown(document, { unicode: false })];
    expect(ascii).toEqual(unicode.map(inAscii));
    expect(ascii.join('\n')).toContain('|------>|');
    expect(ascii.map((line) => line.length)).toEqual(unicode.map(columnsOf));
  });

  it('has the same words with colours as without', async () => {
    const [plain, coloured] = [await shown(document), await shown(document, { colour: true })];
    expect(coloured.map((line) => line.replace(OURS, ''))).toEqual(plain);
    expect(coloured.join('')).toContain('\u001b[');
    expect(plain.join('')).not.toContain('\u001b');
  });
});

describe('the sections in the report', () => {
  it('are links where the terminal has them, and words elsewhere', async () => {
    const { title, url } = document.decisions[0]!.spec;
    const linked = await shown(document, { links: true, width: 100 });
    expect(linked.join('\n')).toContain(`\u001b]8;;${url}\u001b\\[${title.split(' ')[0]}`);
    expect((await shown(document, { width: 100 })).join(' ').replace(/\s+/g, ' ')).toContain(`[${title}]`);
  });

  it('are no links to anything but a web page', async () => {
    const spec = { title: 'a section', url: 'javascript:alert(1)' };
    const flow = { ...document, decisions: document.decisions.map((decision) => ({ ...decision, spec })) };
    const lines = await shown({ ...flow, checks: [] }, { links: true });
    expect(lines.join('\n')).toContain('[a section]');
    expect(lines.join('\n')).not.toContain('\u001b]8');
  });
});

describe('the identifiers in the report', () => {
  it('have a mark under the first character in which they differ', async () => {
    const other = `${TARGET}/`;
    const { text } = await inspect(
      createForeignPair({
        'GET mcp.example/.well-known/oauth-protected-resource/mcp': json({
          ...RESOURCE_METADATA,
          resource: other,
        }),
      }).fetch,
    );
    const lines = text.split('\n');
    const at = lines.findIndex((line) => /^ {10}\^|^ {10} +\^$/.test(line));
    expect(at, text).toBeGreaterThan(0);
    const column = lines[at]!.indexOf('^');
    const [is, should] = [lines[at - 1]!, lines[at + 1]!];
    expect(is.slice(0, column).slice(10)).toBe(should.slice(0, column).slice(10));
    expect(is[column]).not.toBe(should[column]);
  });

  it('have none where all are the same', async () => {
    expect((await shown(document)).join('\n')).not.toMatch(/^ +\^/m);
  });
});

describe('the verdict', () => {
  it('tells of each broken check what was seen and what to do, and what the reader can do next', async () => {
    const { text, document: flow } = await inspect(
      createForeignPair({ 'POST as.example/token': json(TOKEN_RESPONSE) }).fetch,
    );
    const verdict = text.slice(text.indexOf(' Verdict ')).replace(/\s+/g, ' ');
    const { evidence, remedy } = flow.checks.find(({ id }) => id === 'as.token-no-store')!;
    expect(verdict).toContain(`seen: ${evidence}`);
    expect(verdict).toContain(`to do: ${remedy}`);
    expect(verdict).toMatch(/next --verbose/);
  });
});
