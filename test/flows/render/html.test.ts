import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes as Tree, parse } from 'parse5';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../../src/flows/index.js';
import { renderHtml } from '../../../src/flows/render/html/page.js';
import { AS_METADATA, createForeignPair, inspect, ISSUER, json } from '../support.js';
import { asWatched, anyText, documentWith, HOSTILE_TEXTS, inTurn, longDocument } from './hostile-document.js';

interface Found {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Every element of a page, as a browser builds it. */
function read(page: string): readonly Found[] {
  const found: Found[] = [];
  const textOf = (node: Tree.Node): string => {
    if ('value' in node) return node.value;
    return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
  };
  const visit = (node: Tree.Node) => {
    if (node.nodeName === '#comment') throw new Error('a comment');
    if ('tagName' in node) {
      found.push({
        name: node.tagName,
        attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])),
        text: textOf(node).replace(/\s+/g, ' ').trim(),
      });
    }
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(page));
  return found;
}

const ELEMENTS = new Set(
  (
    'html head meta link title style body header nav main section article footer h1 h2 h3 h4 p a ul ol li dl div dt dd ' +
    'details summary span strong code pre mark table thead tbody tr th td fieldset legend label input figure ' +
    'svg desc g line text rect path'
  ).split(' '),
);

const ATTRIBUTES = new Set(
  (
    'lang dir charset http-equiv content name rel href id class aria-label aria-labelledby role scope type checked open ' +
    'title viewBox width height x y x1 x2 y1 y2 rx d transform text-anchor'
  ).split(' '),
);

/** Fails if anything on a page is not ours, leads to anything but the web, or nowhere. */
function expectHarmless(page: string): readonly Found[] {
  const found = read(page);
  const ids = found.flatMap(({ attributes }) => attributes['id'] ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, attributes } of found) {
    expect(ELEMENTS).toContain(name);
    for (const attribute of Object.keys(attributes)) expect(ATTRIBUTES).toContain(attribute);
    const { href } = attributes;
    if (name === 'link') expect(href).toBe('data:,');
    else if (href?.startsWith('#')) expect(ids).toContain(href.slice(1));
    else if (href !== undefined) expect(href).toMatch(/^https?:\/\//);
  }
  return found;
}

function texts(found: readonly Found[], name: string): readonly string[] {
  return found.filter((element) => element.name === name).map(({ text }) => text);
}

/** How many of each element there are, but for those that a text from outside decides on. */
function shape(found: readonly Found[]): Readonly<Record<string, number>> {
  const counted = [
    'section',
    'article',
    'h1',
    'h2',
    'h3',
    'svg',
    'figure',
    'table',
    'script',
    'style',
    'html',
    'body',
  ];
  return Object.fromEntries(counted.map((name) => [name, texts(found, name).length]));
}

describe('a flow as an HTML page', () => {
  let document: FlowDocument;

  beforeAll(async () => {
    ({ document } = await inspect(createForeignPair().fetch));
  });

  it('says by the verdict if TLS was not verified, and which proxies were used', () => {
    const network = { tls_verified: false, proxies: ['http://proxy.example:3128'] };
    const text = (of: FlowDocument) =>
      read(renderHtml(of))
        .map((element) => element.text)
        .join(' ');
    expect(text({ ...document, network })).toMatch(/--insecure[\s\S]*http:\/\/proxy\.example:3128/);
    expect(text(document)).not.toMatch(/--insecure|prox(?:y|ies)/i);
  });

  it('begins with the verdict, and has each section, step, exchange and check', () => {
    const found = expectHarmless(renderHtml(document));
    expect(texts(found, 'h1')).toEqual(['https://mcp.example/mcp']);
    expect(texts(found, 'h2')).toEqual(['Verdict', 'Diagram', 'Route', 'Steps', 'Checks', 'Identifiers']);
    expect(texts(found, 'article')).toHaveLength(document.exchanges.length + document.front_channel.length);
    const details = found.filter(({ attributes }) => attributes['id']?.startsWith('check-'));
    expect(details).toHaveLength(document.checks.length);
    for (const { what, because, spec } of document.decisions) {
      expect(texts(found, 'p')).toContain(`${what} because ${because} ${spec.title}`);
    }
    expect(texts(found, 'pre').join()).toContain('"token_type": "Bearer"');
  });

  it('asks nothing of the network: no script, no image, and a policy that allows only its own style', () => {
    const found = expectHarmless(renderHtml(document));
    const policy = found.find(({ attributes }) => attributes['http-equiv'] === 'content-security-policy');
    const style = /<style>([\s\S]*?)<\/style>/.exec(renderHtml(document))![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy?.attributes['content']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(style).not.toMatch(/url\(|@import/);
    const away = found.filter(({ name, attributes }) => name === 'a' && !attributes['href']?.startsWith('#'));
    expect(away.length).toBeGreaterThan(10);
    for (const { attributes } of away) expect(attributes['rel']).toBe('noreferrer noopener');
  });

  it('draws the diagram with a link from each row to what it is about, and says the same in words', () => {
    const page = renderHtml(document);
    const found = expectHarmless(page);
    const token = document.exchanges.find(({ request }) => request.url.endsWith('/token'))!;
    const drawn = /<svg[\s\S]*?<\/svg>/.exec(page)![0];
    expect(drawn).toContain(`href="#at-${token.sequence}"`);
    expect(drawn).toContain('POST /token');
    const words = found.filter(({ name, attributes }) => name === 'li' && attributes['class'] === undefined);
    expect(words.map(({ text }) => text)).toContain(
      'MCP client to MCP server (RS): POST /mcp tools/call (list_notes)',
    );
    const names = texts(found, 'title').concat(texts(found, 'desc'));
    expect(names.filter((name) => name === 'Sequence diagram of the flow')).toHaveLength(2);
  });

  it('shows what is broken first and open, with its remedy', async () => {
    const { document: broken } = await inspect(
      createForeignPair({ 'POST as.example/register': json({ client_id: 'a' }, { status: 200 }) }).fetch,
    );
    const check = broken.checks.find(({ id }) => id === 'as.registration-created')!;
    const page = renderHtml(broken);
    const found = expectHarmless(page);
    const item = found.find(({ attributes }) => attributes['id'] === `check-${check.sequence}`)!;
    expect(item.text).toContain(check.remedy);
    expect(item.text).toContain(check.evidence);
    expect(page).toMatch(/<ul class="checks">\s*<li class="fail" id="check-\d+">\s*<details open>/);
    expect(texts(found, 'dd').join()).toContain('as.registration-created');
  });

  it('marks the character at which an identifier differs', async () => {
    const { document: other } = await inspect(
      createForeignPair({
        'GET as.example/.well-known/oauth-authorization-server': json({
          ...AS_METADATA,
          issuer: `${ISSUER.replace('as', 'aS')}`,
        }),
      }).fetch,
    );
    expect(renderHtml(other)).toMatch(/<code\s*>https:\/\/a<mark>S<\/mark>\.example<\/code/);
  });

  it.each(HOSTILE_TEXTS.map((text) => [text.slice(0, 50), text]))(
    'takes %j for text, wherever a server wrote it',
    (_title, text) => {
      const page = renderHtml(documentWith(document, inTurn([text!])));
      const { table: _table, ...rest } = shape(expectHarmless(page));
      expect(rest).toEqual(
        expect.objectContaining({ h1: 1, h2: 7, svg: 2, style: 1, script: 0, html: 1, body: 1 }),
      );
      expect(rest).toMatchObject({ h3: shape(read(renderHtml(asWatched(document))))['h3'] });
      expect(page).not.toMatch(/[^\n\P{Cc}]|\p{Bidi_Control}/u);
    },
  );

  it('lets no text of any member become an element, an attribute or a link', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 12 }), (hostile) => {
        expectHarmless(renderHtml(documentWith(document, inTurn(hostile))));
      }),
      { numRuns: 25 },
    );
  });

  it('links to the web only', () => {
    const spec = { title: 'here', url: 'javascript:alert(1)' };
    const decisions = document.decisions.map((decision) => ({ ...decision, spec }));
    const checks = document.checks.map((check) => ({ ...check, spec }));
    const found = expectHarmless(renderHtml({ ...document, decisions, checks }));
    expect(found.filter(({ attributes }) => /^javascript/i.test(attributes['href'] ?? ''))).toEqual([]);
    expect(texts(found, 'a')).not.toContain('here');
  });

  it('stays within bounds with 200 exchanges whose bodies are large or deep', () => {
    let deep: FlowDocument['exchanges'][number]['request']['body'] = 'x';
    for (let depth = 0; depth < 1000; depth += 1) deep = [deep];
    const long = longDocument(document, 200, 'W'.repeat(100_000));
    const exchanges = long.exchanges.map((exchange) => ({
      ...exchange,
      request: { ...exchange.request, body: deep },
    }));
    expect(renderHtml({ ...long, exchanges }).length).toBeLessThan(10_000_000);
  });
});
