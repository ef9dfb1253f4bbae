/**
 * A table; the cells are Markdown that has no bar and no line end.
 *
 * @param maxRows what is beyond is counted in a last row
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  maxRows = Infinity,
): readonly string[] {
  const left = rows.length - maxRows;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.slice(0, maxRows).map(line),
    ...(left > 0 ? [line(head.map((_cell, index) => (index === 1 ? `… and ${left} more` : '')))] : []),
  ];
}

/** A heading and what is under it; nothing, where nothing is. */
export function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${heading}`, '', ...lines];
}
