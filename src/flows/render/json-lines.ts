/** Members that are long and tell nothing about authorization; shown only if everything is. */
const FOLDED = new Set(['_meta', 'inputSchema', 'outputSchema']);

/** How JSON is laid out on a terminal. */
export interface JsonLayout {
  /** columns that a line may have */
  readonly width: number;
  /** whether long members are shown whole */
  readonly verbose: boolean;
}

/**
 * A JSON value as lines: what fits on one line is on one, so that a list of scopes does not take ten.
 *
 * @param prefix what the first line begins with; its spaces are the indent of the others
 * @param suffix what the last line ends with
 */
export function jsonLines(value: unknown, layout: JsonLayout, prefix = '', suffix = ''): readonly string[] {
  const flat = prefix + flatJson(value, layout) + suffix;
  if (flat.length <= layout.width || typeof value !== 'object' || value === null) return [flat];
  const indent = /^ */.exec(prefix)?.[0] ?? '';
  const parts = Array.isArray(value)
    ? value.map((item: unknown) => ['', item] as const)
    : Object.entries(value).map(([name, inner]) => [`${JSON.stringify(name)}: `, inner] as const);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return [
    prefix + open,
    ...parts.flatMap(([name, inner], index) => {
      const start = `${indent}  ${name}`;
      const end = index < parts.length - 1 ? ',' : '';
      return isFolded(name, layout) ? [`${start}{…}${end}`] : jsonLines(inner, layout, start, end);
    }),
    `${indent}${close}${suffix}`,
  ];
}

function flatJson(value: unknown, layout: JsonLayout): string {
  if (Array.isArray(value)) return `[${value.map((item) => flatJson(item, layout)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).map(([key, inner]) => {
    const name = `${JSON.stringify(key)}: `;
    return name + (isFolded(name, layout) ? '{…}' : flatJson(inner, layout));
  });
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** @param name as it is written, with quotes and colon */
function isFolded(name: string, { verbose }: JsonLayout): boolean {
  return !verbose && FOLDED.has(name.slice(1, -3));
}
