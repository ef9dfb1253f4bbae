import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { findingsOf } from '../../../src/flows/watch/findings/index.js';
import { type FlowHistory, type FlowSoFar, NO_HISTORY } from '../../../src/flows/watch/flow-so-far.js';
import { programOf, recogniseClient } from '../../../src/flows/watch/recognise.js';
import { tellWatchedRoute } from '../../../src/flows/watch/route.js';
import type { WatchedFlow } from '../../../src/flows/watch/watched-flow.js';

/** A flow of such exchanges, as it is when nothing more comes. */
export function flowOf(exchanges: readonly RecordedExchange[], more: Partial<FlowSoFar> = {}): FlowSoFar {
  const sorted = exchanges.toSorted((one, other) => one.at - other.at);
  const clientId = sorted
    .filter(({ from }) => from !== 'rs')
    .map(({ brought, gave }) => gave.client_id ?? brought.client_id)
    .findLast((id) => id !== undefined);
  return {
    id: 'f1',
    clientId,
    target: undefined,
    issuer: undefined,
    startedAt: sorted[0]?.at ?? 0,
    updatedAt: sorted.at(-1)?.at ?? 0,
    exchanges: sorted.map((exchange) => ({ exchange, step: 'challenge', linkedBy: 'the test' })),
    omitted: 0,
    outcome: 'completed',
    reason: undefined,
    lastStep: undefined,
    tokenLastUsedAt: undefined,
    ...more,
  };
}

/** All that is concluded of a flow. */
export function judged(
  flow: FlowSoFar,
  earlier: readonly FlowSoFar[] = [],
): Pick<WatchedFlow, 'client' | 'route' | 'findings'> & { readonly found: readonly string[] } {
  const client = recogniseClient(flow);
  const program = programOf(flow, client);
  const history: FlowHistory = {
    ofClient: earlier.filter(({ clientId }) => clientId === flow.clientId),
    ofProgram: earlier.filter((one) => programOf(one, recogniseClient(one)) === program),
  };
  const route = tellWatchedRoute(flow, earlier.length === 0 ? NO_HISTORY : history);
  const findings = findingsOf({ ...flow, client, route }, history);
  return { client, route, findings, found: findings.map(({ id }) => id) };
}
