/** How much of a flow is shown. */
export interface Size {
  /** characters of a text within a line */
  readonly text: number;
  /** characters of a body; 0 for no headers and bodies at all */
  readonly body: number;
  /** characters of the diagram */
  readonly diagram: number;
  /** lines of a table or a step, those that matter most first */
  readonly rows: number;
  /** whether the checks that were met are listed, and not only counted */
  readonly met: boolean;
}

/** The body of an issue on GitHub may have 65536 characters. */
export const MAX_MARKDOWN = 65_000;

/** From all that a reader may want to what a flow with hundreds of hostile exchanges leaves room for. */
export const SIZES: readonly Size[] = [
  { text: 600, body: 6000, diagram: 16_000, rows: 400, met: true },
  { text: 400, body: 1500, diagram: 12_000, rows: 200, met: true },
  { text: 300, body: 300, diagram: 10_000, rows: 120, met: true },
  { text: 200, body: 0, diagram: 8000, rows: 60, met: true },
  { text: 120, body: 0, diagram: 6000, rows: 20, met: false },
  { text: 60, body: 0, diagram: 4000, rows: 6, met: false },
];
