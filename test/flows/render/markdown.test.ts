import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { type DefaultTreeAdapterTypes as Tree, parseFragment } from 'parse5';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../../src/flows/index.js';
import { renderMarkdown } from '../../../src/flows/render/markdown/markdown.js';
import { AS_METADATA, createForeignPair, inspect, ISSUER, json } from '../support.js';
import { asWatched, anyText, documentWith, HOSTILE_TEXTS, inTurn, longDocument } from './hostile-document.js';

/** The elements of a report, as GitHub would build them. */
interface Found {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** all text inside */
  readonly text: string;
  /** the text that is not in code, where GitHub looks for mentions and the like */
  readonly bareText: string;
}

function read(markdown: string): readonly Found[] {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const found: Found[] = [];
  const textOf = (node: Tree.Node, withCode: boolean): string => {
    if ('value' in node) return node.value;
    if (!('childNodes' in node) || (!withCode && node.nodeName === 'code')) return '\0';
    return node.childNodes.map((child) => textOf(child, withCode)).join('');
  };
  const visit = (node: Tree.Node) => {
    if (node.nodeName === '#comment') throw new Error('a comment');
    if ('tagName' in node) {
      found.push({
        name: node.tagName,
        attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
        text: textOf(node, true),
        bareText: textOf(node, false),
      });
    }
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parseFragment(html));
  return found;
}

const OURS = new Set(
  'h1 h2 h3 p table thead tbody tr th td code pre ul li strong em a details summary'.split(' '),
);

/** What GitHub makes something of without any markup. */
const AUTOLINKED =
  /(?<![\w`])@[a-z\d]|(?<!\w)(?:[\w-]+\/[\w-]+)?#\d|\bGH-\d|https?:\/\/|www\.|\b[0-9a-f]{7,40}\b|\w@\w+\.|:\w+:/i;

/** Fails if anything in a report is not ours. */
function expectHarmless(markdown: string): readonly Found[] {
  const found = read(markdown);
  for (const { name, attributes, bareText } of found) {
    expect(OURS, `<${name}> ${markdown}`).toContain(name);
    const allowed =
      name === 'a' ? ['href'] : name === 'code' ? ['class'] : name.startsWith('t') ? ['align'] : [];
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(attributes)));
    if (name === 'a') expect(attributes['href']).toMatch(/^https?:\/\//);
    if (['p', 'li', 'td', 'h1', 'summary'].includes(name)) expect(bareText).not.toMatch(AUTOLINKED);
  }
  return found;
}

function names(found: readonly Found[]): readonly string[] {
  return found.map(({ name }) => name);
}

function headings(found: readonly Found[]): readonly string[] {
  return found.filter(({ name }) => /^h[2-6]$/.test(name)).map(({ text }) => text);
}

describe('a flow as Markdown', () => {
  let document: FlowDocument;

  beforeAll(async () => {
    ({ document } = await inspect(createForeignPair().fetch));
  });

  it('says by the verdict if TLS was not verified, and which proxies were used', () => {
    const network = { tls_verified: false, proxies: ['http://proxy.example:3128'] };
    const text = (of: FlowDocument) =>
      read(renderMarkdown(of))
        .map((element) => element.text)
        .join(' ');
    expect(text({ ...document, network })).toMatch(/--insecure[\s\S]*http:\/\/proxy\.example:3128/);
    expect(text(document)).not.toMatch(/--insecure|prox(?:y|ies)/i);
  });

  it('has title, verdict, route, diagram, steps and checks', () => {
    const found = expectHarmless(renderMarkdown(document));
    const texts = (name: string) => found.filter((element) => element.name === name).map(({ text }) => text);
    expect(texts('h1')).toEqual(['Authorization flow of https://mcp.example/mcp']);
    expect(texts('h2').slice(-5)).toEqual(['Route', 'Diagram', 'Steps', 'Checks', 'Identifiers']);
    expect(texts('td')).toEqual(
      expect.arrayContaining([
        'dcr: the client registered itself, and this is its first flow',
        'registered-1',
      ]),
    );
    expect(texts('h3')).toContain('7 Token');
    expect(texts('summary')).toContain('POST https://as.example/token: 200 OK (1 ms)');
    expect(texts('li').join('\n')).toContain('Goes on with PKCE, method S256');
    expect(found.find(({ attributes }) => attributes['class'] === 'language-mermaid')?.text).toContain(
      'client->>auth_server: POST /token',
    );
    expect(found.filter(({ name }) => name === 'a').map(({ attributes }) => attributes['href'])).toContain(
      'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
    );
  });

  it('shows first what is broken, with remedy and section', async () => {
    const { document: broken } = await inspect(
      createForeignPair({ 'POST as.example/register': json({ client_id: 'a' }, { status: 200 }) }).fetch,
    );
    const check = broken.checks.find(({ id }) => id === 'as.registration-created')!;
    const markdown = renderMarkdown(broken);
    const found = expectHarmless(markdown);
    const cells = found.filter(({ name }) => name === 'td').map(({ text }) => text);
    expect(cells).toEqual(
      expect.arrayContaining(['❌ MUST', check.id, `${check.rule} (${check.spec.title})`, check.remedy]),
    );
    expect(markdown.indexOf('## What is broken')).toBeLessThan(markdown.indexOf('## Route'));
  });

  it.each(HOSTILE_TEXTS.map((text) => [text.slice(0, 50), text]))(
    'takes %j for text, wherever a server wrote it',
    (_title, text) => {
      const ours = headings(read(renderMarkdown(asWatched(document))));
      const hostile = documentWith(document, inTurn([text!]));
      const found = expectHarmless(renderMarkdown(hostile));
      expect(ours).toEqual(expect.arrayContaining([...headings(found)]));
    },
  );

  it('lets no text of any member become markup, a link, a mention or an image', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 12 }), (texts) => {
        expectHarmless(renderMarkdown(documentWith(document, inTurn(texts))));
      }),
      { numRuns: 25 },
    );
  });

  it('lists every spelling of an identifier, and says where one differs', async () => {
    const { document: other } = await inspect(
      createForeignPair({
        'GET as.example/.well-known/oauth-authorization-server': json({
          ...AS_METADATA,
          issuer: `${ISSUER}/`,
        }),
      }).fetch,
    );
    const rows = expectHarmless(renderMarkdown(other)).filter(({ name }) => name === 'tr');
    const texts = rows.map(({ text }) => text.replace(/\s+/g, ' ').trim());
    expect(texts).toContainEqual(
      expect.stringMatching(/^issuer https:\/\/as\.example\/ .*has a slash at the end/),
    );
  });

  it('ends a block of code where it should, however many backticks are in it', () => {
    const fences = {
      ...document.exchanges[0]!,
      request: { ...document.exchanges[0]!.request, body: '`````\n# out' },
    };
    const found = expectHarmless(renderMarkdown({ ...document, exchanges: [fences] }));
    expect(found.filter(({ name }) => name === 'pre').some(({ text }) => text.includes('`````\n# out'))).toBe(
      true,
    );
  });

  it('links to the web only', () => {
    const spec = { title: 'here', url: 'javascript:alert(1)' };
    const decisions = document.decisions.map((decision) => ({ ...decision, spec }));
    const checks = document.checks.map((check) => ({ ...check, spec }));
    expect(names(read(renderMarkdown({ ...document, decisions, checks })))).not.toContain('a');
  });

  it.each([
    ['letters', 'a'],
    ['marks', '|`<@'],
    ['long words', 'W'.repeat(2000)],
  ])('fits an issue with 200 exchanges full of %s', (_title, text) => {
    const long = longDocument(documentWith(document, inTurn([text!])), 200, text!);
    const markdown = renderMarkdown(long);
    expect(markdown.length).toBeLessThanOrEqual(65_536);
    expect(markdown).toContain('Shortened');
    expectHarmless(markdown);
  });

  it('has no control character, and none that turns the text around', () => {
    const markdown = renderMarkdown(documentWith(document, inTurn(['\u001b[2J\u202Ex\u0007'])));
    expect(markdown).not.toMatch(/[^\n\P{Cc}]|\p{Bidi_Control}/u);
  });
});
