/** Headers that the user of the inspector wants on requests to the MCP server, by their names in lower case. */
export type ExtraHeaders = ReadonlyMap<string, string>;

/**
 * Headers that say what the flow itself is about, or where a message ends: the client writes them, and nobody else. What
 * begins with `mcp-`, `proxy-` or `sec-` is as those.
 */
const RESERVED: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const RESERVED_BEGINNING = /^(mcp-|proxy-|sec-)/;

/** So many may be given; more would be refused by most servers. */
const MAX_HEADERS = 32;

/**
 * Reads headers as `--header` takes them.
 *
 * @param lines each as `Name: value`
 * @returns the headers, or in words what is wrong with them, without a value in it
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-5.5 RFC 9110 §5.5}
 */
export function parseExtraHeaders(lines: readonly string[]): ExtraHeaders | string {
  if (lines.length > MAX_HEADERS) return `at most ${MAX_HEADERS} headers can be given`;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const header = parseLine(line);
    if (typeof header === 'string') return header;
    const [name, value] = header;
    if (headers.has(name)) return `${name} is given more than once`;
    headers.set(name, value);
  }
  return headers;
}

/** The headers of a plan, which has been validated; none if it has not. */
export function extraHeaders(lines: readonly string[]): ExtraHeaders {
  const headers = parseExtraHeaders(lines);
  return typeof headers === 'string' ? new Map() : headers;
}

/** A value is not repeated in what is said of it: it may be a secret. */
function parseLine(line: string): readonly [name: string, value: string] | string {
  const colon = line.indexOf(':');
  if (colon < 1) return "a header is a name, a colon and a value, as in 'X-Api-Key: abc'";
  const name = line.slice(0, colon).toLowerCase();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]{1,100}$/.test(name))
    return 'the name of a header has only letters, digits and -';
  if (RESERVED.has(name) || RESERVED_BEGINNING.test(name)) return `${name} is written by the client itself`;
  const value = line.slice(colon + 1).trim();
  if (!/^[\x20-\x7E]{1,8192}$/.test(value)) {
    return `the value of ${name} must be 1 to 8192 printable ASCII characters`;
  }
  return [name, value];
}
