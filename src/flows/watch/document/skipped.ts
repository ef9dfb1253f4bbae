import { FLOW_STEPS, type FlowStepId } from '../../trace/trace.js';
import type { WatchedFlow } from '../watched-flow.js';
import type { Stretch } from './stretches.js';

/** A step that nothing was seen of. */
export interface SkippedStep {
  readonly id: FlowStepId;
  readonly reason: string;
}

/**
 * The steps that every flow has and of which nothing was seen, each with the number of stretches that come before it.
 *
 * @param stretches what was seen, in order
 */
export function skippedSteps(
  stretches: readonly Stretch[],
  flow: WatchedFlow,
): ReadonlyMap<number, readonly SkippedStep[]> {
  const places = new Map<number, SkippedStep[]>();
  for (const [index, id] of FLOW_STEPS.entries()) {
    if (stretches.some((stretch) => stretch.id === id)) continue;
    const after = stretches.findIndex((stretch) => isAfter(stretch.id, index));
    const place = after < 0 ? stretches.length : after;
    places.set(place, [...(places.get(place) ?? []), { id, reason: reasonOf(id, after >= 0, flow) }]);
  }
  return places;
}

/** Steps that are not in every flow follow a token, so that whatever is missing comes before them. */
function isAfter(id: FlowStepId, index: number): boolean {
  const place = FLOW_STEPS.findIndex((step) => step === id);
  return place < 0 || place > index;
}

function reasonOf(id: FlowStepId, wentOn: boolean, { clientId, outcome }: WatchedFlow): string {
  if (!wentOn) {
    return outcome === undefined ? 'the client has not come to it yet' : 'the client did not come to it';
  }
  if (id === 'registration') {
    return clientId === undefined
      ? 'the servers saw nothing of it'
      : 'the client brought its client_id along';
  }
  return NOT_NEEDED[id] ?? 'the servers saw nothing of it';
}

const NOT_NEEDED: Partial<Readonly<Record<FlowStepId, string>>> = {
  challenge: 'the client did not ask without a token first',
  'resource-metadata': 'the client did not read it in this flow',
  'authorization-server-metadata': 'the client did not read it in this flow',
  authorization: 'the client had a token or a refresh token already',
  callback: 'the client had a token or a refresh token already',
  token: 'the client had a token or a refresh token already',
};
