import { isLoopbackHost } from '../../shared/http/loopback.js';

/** The index of the first character that differs; the length of the shorter text where it is the beginning of the other. */
export function firstDifference(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) if (one[at] !== other[at]) return at;
  return shorter;
}

/**
 * How an identifier differs from the one that it should be, as a person would say it.
 *
 * @param to what it should be
 * @returns a clause about `found`, with the place counted from 1
 */
export function differenceInWords(to: string, found: string): string {
  return `${kindOfDifference(to, found)} (${placeInWords(to, found)})`;
}

function placeInWords(to: string, found: string): string {
  const at = firstDifference(to, found);
  if (at === found.length) return `it ends before character ${at + 1}, where the other has "${to[at]}"`;
  if (at === to.length) return `the other ends before character ${at + 1}, where it has "${found[at]}"`;
  return `character ${at + 1} is "${found[at]}" instead of "${to[at]}"`;
}

/** From the difference that everybody overlooks to the one that nobody does. */
function kindOfDifference(to: string, found: string): string {
  if (`${to}/` === found) return 'has a slash at the end';
  if (to === `${found}/`) return 'lacks the slash at the end';
  if (to.toLowerCase() === found.toLowerCase()) return 'differs in upper and lower case';
  if (decoded(to) === decoded(found)) return 'differs in what is percent-encoded';
  const [one, other] = [URL.parse(to), URL.parse(found)];
  if (!one || !other) return 'is another text';
  if (one.href === other.href) return 'is the same URL in another spelling';
  return partOfUrl(one, other);
}

const PARTS = ['protocol', 'hostname', 'port', 'pathname', 'search', 'hash'] as const;
const IN_WORDS: Readonly<Record<(typeof PARTS)[number], string>> = {
  protocol: 'scheme',
  hostname: 'host',
  port: 'port',
  pathname: 'path',
  search: 'query',
  hash: 'fragment',
};

function partOfUrl(one: URL, other: URL): string {
  const differing = PARTS.filter((part) => one[part] !== other[part]);
  const loopback = isLoopbackHost(one.hostname) && isLoopbackHost(other.hostname);
  if (differing.length === 1 && differing[0] === 'hostname' && loopback) {
    return `names this machine ${other.hostname} instead of ${one.hostname}`;
  }
  if (differing.length === 1 && differing[0] === 'pathname' && isAbove(other, one)) {
    return 'lacks the end of the path';
  }
  return `has another ${differing.map((part) => IN_WORDS[part]).join(', ')}`;
}

function isAbove(one: URL, other: URL): boolean {
  return other.pathname.startsWith(one.pathname.replace(/\/?$/, '/'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
