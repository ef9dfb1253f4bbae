import type { FlowDocument } from '../../../src/flows/index.js';
import type { Watch } from '../../../src/flows/watch/watch.js';
import type { WatchedClient, WatchedFlow, WatchUpdate } from '../../../src/flows/watch/watched-flow.js';

/** A watch whose flows a test puts in by hand, to be what it wants: hostile, or very many. */
export function scriptedWatch() {
  const flows = new Map<string, WatchedFlow>();
  const listeners = new Set<(update: WatchUpdate) => void>();
  let clients: readonly WatchedClient[] = [];
  const watch: Watch = {
    add: () => undefined,
    tick: () => undefined,
    flows: () => [...flows.values()].toReversed(),
    flow: (id) => flows.get(id),
    clients: () => clients,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  return {
    watch,
    listeners,
    put(flow: WatchedFlow, type: 'flow-began' | 'flow-ended' = 'flow-began') {
      flows.set(flow.id, flow);
      listeners.forEach((listener) => listener({ type, flow }));
    },
    tell: (update: WatchUpdate) => listeners.forEach((listener) => listener(update)),
    setClients: (known: readonly WatchedClient[]) => void (clients = known),
  };
}

/** A flow of which nothing is known but what is given. */
export function watchedFlow(known: Partial<WatchedFlow> & Pick<WatchedFlow, 'id'>): WatchedFlow {
  return {
    clientId: undefined,
    follows: undefined,
    client: undefined,
    target: undefined,
    issuer: undefined,
    startedAt: 1_795_000_000_000,
    updatedAt: 1_795_000_001_000,
    exchanges: [],
    omitted: 0,
    outcome: undefined,
    reason: undefined,
    route: { route: null, because: [] },
    lastStep: undefined,
    tokenLastUsedAt: undefined,
    findings: [],
    ...known,
  };
}

/** A client with the flows that are given. */
export function watchedClient(
  known: Partial<WatchedClient> & Pick<WatchedClient, 'clientId'>,
): WatchedClient {
  return {
    client: undefined,
    name: undefined,
    route: { route: 'dcr', because: [] },
    firstSeenAt: 1_795_000_000_000,
    lastSeenAt: 1_795_000_001_000,
    flows: [],
    ...known,
  };
}

/** Gives every flow the same document. */
export function documentAlways(document: FlowDocument): (flow: WatchedFlow) => FlowDocument {
  return () => document;
}
