/** Enough of HTML to read a sign-in page and an error page. It never builds a page, so nothing here is an escape. */

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Resolves the entities that occur in attributes and plain text; an unknown one stays as it is. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const point = decimal !== undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** More of a tag is not read. */
const MAX_TAG = 8192;

/** The attributes of a tag, names in lower case; one without a value is ''. */
export function attributesOf(tag: string): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  const inside = tag
    .slice(0, MAX_TAG)
    .replace(/^<\/?[a-z0-9-]+/i, '')
    .replace(/\/?>$/, '');
  for (const [, name, double, single, bare] of inside.matchAll(
    /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  )) {
    const known = name!.toLowerCase();
    if (!found.has(known)) found.set(known, decodeEntities(double ?? single ?? bare ?? ''));
  }
  return Object.fromEntries(found);
}

/** A tag or the text between two, with where it is in the page. */
export interface HtmlToken {
  /** name of the tag in lower case; '' for text */
  readonly name: string;
  readonly closing: boolean;
  readonly text: string;
  readonly end: number;
}

/** What is inside of these is no markup. */
const RAW: ReadonlySet<string> = new Set(['script', 'style']);

/**
 * The tags and texts of a page, without comments, scripts and styles. It goes forward only: a page that leaves things
 * open, a thousand times over, takes no longer than one that closes them.
 */
export function* tokensOf(html: string): Generator<HtmlToken> {
  const tagAt = /<(\/?)([a-z][a-z0-9-]*)/iy;
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    const stop = open < 0 ? html.length : open;
    if (stop > at) yield { name: '', closing: false, text: html.slice(at, stop), end: stop };
    if (open < 0) return;
    tagAt.lastIndex = open;
    const found = tagAt.exec(html);
    const comment = html.startsWith('<!--', open);
    if (!found && !comment && !/[!?/]/.test(html.charAt(open + 1))) {
      yield { name: '', closing: false, text: '<', end: open + 1 };
      at = open + 1;
      continue;
    }
    const close = html.indexOf(comment ? '-->' : '>', open);
    if (close < 0) return;
    at = close + (comment ? 3 : 1);
    if (!found) continue;
    const name = found[2]!.toLowerCase();
    const closing = found[1] === '/';
    yield { name, closing, text: html.slice(open, at), end: at };
    if (RAW.has(name) && !closing) at = startOfClosing(html, name, at);
  }
}

function startOfClosing(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}`, 'gi');
  closing.lastIndex = from;
  return closing.exec(html)?.index ?? html.length;
}

/** What is inside of these is not shown. */
const HIDDEN: ReadonlySet<string> = new Set(['head', 'template', 'noscript', 'svg']);

/** What a person would read: the title, then the text of the body, cut at 600 characters. */
export function visibleText(html: string): string {
  const title = titleOf(html);
  const body = decodeEntities(textOf(tokensOf(html)))
    .replace(/\s+/g, ' ')
    .trim();
  const shown = body.length > 600 ? `${body.slice(0, 600)}…` : body;
  return title === '' ? shown : `[${title}] ${shown}`;
}

function textOf(tokens: Iterable<HtmlToken>): string {
  const parts: string[] = [];
  let hiddenBy: string | undefined;
  for (const { name, closing, text } of tokens) {
    const ends = closing ? name === hiddenBy : hiddenBy === 'head' && name === 'body';
    if (ends) hiddenBy = undefined;
    else if (hiddenBy === undefined && !closing && HIDDEN.has(name)) hiddenBy = name;
    if (hiddenBy === undefined) parts.push(name === '' ? text : ' ');
  }
  return parts.join('');
}

/** What a page says has gone wrong, where it says so as pages do for those who cannot see it; else its title. */
export function alertOf(html: string): string {
  let element: string | undefined;
  const inside: HtmlToken[] = [];
  for (const token of tokensOf(html)) {
    if (element !== undefined) {
      if (token.closing && token.name === element) break;
      inside.push(token);
    } else if (!token.closing && token.name !== '' && attributesOf(token.text)['role'] === 'alert') {
      element = token.name;
    }
  }
  const alert = decodeEntities(textOf(inside)).replace(/\s+/g, ' ').trim();
  return alert === '' ? titleOf(html) : alert.slice(0, 200);
}

/** The title of a page, or its first heading; '' where there is neither. */
export function titleOf(html: string): string {
  let heading = '';
  let open: string | undefined;
  for (const { name, closing, text } of tokensOf(html)) {
    if (name === '' && open === 'title') return plain(text);
    if (name === '' && open === 'h1' && heading === '') heading = text;
    if (name !== '') open = closing ? undefined : name;
  }
  return plain(heading);
}

function plain(text: string): string {
  return decodeEntities(text.slice(0, 2000)).replace(/\s+/g, ' ').trim().slice(0, 120);
}
