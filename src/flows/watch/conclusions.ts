import type { Attempt } from './attempt.js';
import { lastStepOf } from './attempt.js';
import type { ClientRecord, ClientRecords } from './client-records.js';
import { findingsOf } from './findings/index.js';
import type { FlowHistory, FlowSoFar } from './flow-so-far.js';
import { programOf, recogniseClient } from './recognise.js';
import type { Room } from './room.js';
import { tellWatchedRoute } from './route.js';
import type { WatchedClient, WatchedFlow } from './watched-flow.js';

/** So many earlier flows are looked at. */
const MOST_EARLIER = 50;

/** An attempt as a flow, for those who only read. */
export interface Conclusions {
  /** anew where the attempt has changed since */
  of(attempt: Attempt): WatchedFlow;
  ofClient(record: ClientRecord): WatchedClient;
  forget(attempt: Attempt): void;
}

interface Kept {
  readonly version: number;
  readonly flow: WatchedFlow;
}

interface Program {
  readonly version: number;
  readonly name: string | undefined;
}

/** Draws the conclusions from what was put together: only when somebody asks, since that costs more than to put it together. */
export function createConclusions(records: ClientRecords, room: Room): Conclusions {
  const kept = new Map<Attempt, Kept>();
  const programs = new Map<Attempt, Program>();

  function programNameOf(attempt: Attempt): string | undefined {
    const known = programs.get(attempt);
    if (known?.version === attempt.version) return known.name;
    const soFar = soFarOf(attempt);
    const name = programOf(soFar, recogniseClient(soFar));
    programs.set(attempt, { version: attempt.version, name });
    return name;
  }

  function earlierThan(attempt: Attempt, all: Iterable<Attempt>): readonly FlowSoFar[] {
    const earlier = [...all].filter((other) => other !== attempt && other.place < attempt.place);
    return earlier.slice(-MOST_EARLIER).map(soFarOf);
  }

  function historyOf(attempt: Attempt): FlowHistory {
    const ofClient = attempt.clientId === undefined ? [] : (records.find(attempt.clientId)?.attempts ?? []);
    const program = programNameOf(attempt);
    const ofProgram =
      program === undefined ? [] : [...room.all()].filter((other) => programNameOf(other) === program);
    return { ofClient: earlierThan(attempt, ofClient), ofProgram: earlierThan(attempt, ofProgram) };
  }

  function conclude(attempt: Attempt): WatchedFlow {
    const soFar = soFarOf(attempt);
    const history = historyOf(attempt);
    const client = recogniseClient(soFar);
    const route = tellWatchedRoute(soFar, history);
    return { ...soFar, client, route, findings: findingsOf({ ...soFar, client, route }, history) };
  }

  function of(attempt: Attempt): WatchedFlow {
    const known = kept.get(attempt);
    if (known?.version === attempt.version) return known.flow;
    const flow = conclude(attempt);
    kept.set(attempt, { version: attempt.version, flow });
    return flow;
  }

  return {
    of,
    ofClient({ clientId, name, firstSeenAt, lastSeenAt, attempts }) {
      const flows = [...attempts].map(of);
      const told = flows.find(({ route }) => route.route !== null) ?? flows[0]!;
      return {
        clientId,
        name,
        firstSeenAt,
        lastSeenAt,
        client: flows.findLast(({ client }) => client !== undefined)?.client,
        route: told.route,
        flows: flows.map(({ id }) => id),
      };
    },
    forget(attempt) {
      kept.delete(attempt);
      programs.delete(attempt);
    },
  };
}

function soFarOf(attempt: Attempt): FlowSoFar {
  const { id, clientId, follows, target, issuer, startedAt, updatedAt, omitted, outcome, reason } = attempt;
  return {
    id,
    clientId,
    follows,
    target,
    issuer,
    startedAt,
    updatedAt,
    exchanges: [...attempt.kept],
    omitted,
    outcome,
    reason,
    lastStep: lastStepOf(attempt),
    tokenLastUsedAt: attempt.tokenLastUsedAt,
  };
}
