import type { FlowDocument } from '../../trace/trace.js';

/** Where on the page a thing is that has a place in the flow. */
export interface Anchors {
  /** the id for what is shown first with a place; undefined for those that came to it later */
  take(kind: 'step' | 'at' | 'check', sequence: number): string | undefined;
}

/** Ids for one page; none is given twice, whatever a saved trace says. */
export function createAnchors(): Anchors {
  const taken = new Set<string>();
  return {
    take(kind, sequence) {
      const id = `${kind}-${sequence}`;
      if (taken.has(id)) return undefined;
      taken.add(id);
      return id;
    },
  };
}

/** The id on the page for each place that something in the diagram may have. */
export function anchorsOfRows(document: FlowDocument): ReadonlyMap<number, string> {
  return new Map([
    ...document.steps
      .filter(({ outcome }) => outcome !== 'skipped')
      .flatMap(({ sequence, until }) => [
        [sequence, `step-${sequence}`] as const,
        [until, `step-${sequence}`] as const,
      ]),
    ...document.exchanges.flatMap(({ sequence, until }) =>
      [sequence, until ?? sequence].map((place) => [place, `at-${sequence}`] as const),
    ),
    ...document.front_channel.map(({ sequence }) => [sequence, `at-${sequence}`] as const),
    ...document.checks.map(({ sequence }) => [sequence, `check-${sequence}`] as const),
  ]);
}
