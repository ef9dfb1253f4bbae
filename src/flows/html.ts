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

/** The attributes of a tag, names in lower case; one without a value is ''. */
export function attributesOf(tag: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const inside = tag.replace(/^<\/?[a-z0-9-]+/i, '').replace(/\/?>$/, '');
  for (const [, name, double, single, bare] of inside.matchAll(
    /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g,
  )) {
    found[name!.toLowerCase()] ??= decodeEntities(double ?? single ?? bare ?? '');
  }
  return found;
}

/** What a person would read: the title, then the text of the body, cut at 600 characters. */
export function visibleText(html: string): string {
  const title = titleOf(html);
  const text = html
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<(script|style|head|template|noscript|svg)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<[^>]*>/g, ' ');
  const body = decodeEntities(text).replace(/\s+/g, ' ').trim();
  const shown = body.length > 600 ? `${body.slice(0, 600)}…` : body;
  return title === '' ? shown : `[${title}] ${shown}`;
}

/** What a page says has gone wrong, where it says so as pages do for those who cannot see it; else its title. */
export function alertOf(html: string): string {
  const found = /<([a-z][a-z0-9]*)\b[^>]*\brole\s*=\s*["']?alert\b[^>]*>([\s\S]*?)<\/\1\s*>/i.exec(html);
  return found ? visibleText(found[2]!).slice(0, 200) : titleOf(html);
}

/** The title of a page, or its first heading; '' where there is neither. */
export function titleOf(html: string): string {
  const found = /<title\b[^>]*>([^<]*)<\/title/i.exec(html) ?? /<h1\b[^>]*>([^<]*)<\/h1/i.exec(html);
  return decodeEntities(found?.[1] ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}
