/** One challenge of a `WWW-Authenticate` header: scheme and parameter names in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Writes a Bearer challenge. Values are quoted, with quotes and backslashes escaped and anything that has no place
 * in a header replaced.
 *
 * @param parameters in the order in which they shall appear; an undefined one is left out
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750 §3}
 */
export function buildBearerChallenge(parameters: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(parameters)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}="${value.replace(/[^\x20-\x7E]/g, '?').replace(/["\\]/g, '\\$&')}"`);
  return written.length === 0 ? 'Bearer' : `Bearer ${written.join(', ')}`;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/y;
const SPACES = /[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;

/**
 * Reads a `WWW-Authenticate` header, with any number of challenges.
 *
 * @returns undefined if the header is malformed: nothing is guessed
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1 RFC 9110 §11.6.1}
 */
export function parseChallenges(header: string): readonly Challenge[] | undefined {
  const reader = readerOf(header);
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  while (!reader.atEnd()) {
    const name = reader.take(TOKEN);
    if (name === undefined) return undefined;
    const current = challenges.at(-1);
    const value = current ? reader.parameterValue() : undefined;
    if (current && value !== undefined) {
      if (current.parameters.has(name.toLowerCase())) return undefined;
      current.parameters.set(name.toLowerCase(), value);
    } else {
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() });
      if (reader.firstIsParameter()) continue;
      reader.take(TOKEN68);
    }
    if (!reader.separator()) return undefined;
  }
  if (challenges.length === 0) return undefined;
  return challenges.map(({ scheme, parameters }) => ({ scheme, parameters: Object.fromEntries(parameters) }));
}

function readerOf(text: string) {
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (!found) return undefined;
    position = pattern.lastIndex;
    return found;
  };
  const take = (pattern: RegExp): string | undefined => match(pattern)?.[0];
  const skipSpaces = () => void match(SPACES);
  return {
    atEnd: () => position >= text.length,
    take,
    /** After a scheme: true if `name=value` follows. */
    firstIsParameter(): boolean {
      const start = position;
      skipSpaces();
      const spaced = position > start;
      const isParameter = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=[ \t]*[^=\s,]/y;
      isParameter.lastIndex = position;
      return spaced && isParameter.test(text);
    },
    /** After a parameter's name: `=` and its value, unescaped; undefined (nothing read) if no `=` follows. */
    parameterValue(): string | undefined {
      const start = position;
      skipSpaces();
      if (text[position] !== '=') {
        position = start;
        return undefined;
      }
      position += 1;
      skipSpaces();
      const quoted = match(QUOTED);
      if (quoted) return quoted[1]!.replace(/\\(.)/g, '$1');
      const token = take(TOKEN);
      if (token === undefined) position = start;
      return token;
    },
    /** A comma between elements, or the end. Empty list elements are allowed. */
    separator(): boolean {
      skipSpaces();
      if (position >= text.length) return true;
      if (text[position] !== ',') return false;
      while (text[position] === ',') {
        position += 1;
        skipSpaces();
      }
      return true;
    },
  };
}
