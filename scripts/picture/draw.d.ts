/**
 * Draws what a terminal shows as SVG.
 *
 * @param lines with SGR sequences, and no others
 * @param options `label` says what is seen, for who can't see it
 */
export function draw(
  lines: readonly string[],
  options: { readonly columns: number; readonly label: string },
): string;
