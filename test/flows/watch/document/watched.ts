import type { Meaning, RecordedExchange } from '../../../../src/flows/record/recorded-exchange.js';
import type { FlowStepId } from '../../../../src/flows/trace/trace.js';
import type { LinkedExchange, WatchedFlow } from '../../../../src/flows/watch/watched-flow.js';
import { inspect } from '../../support.js';
import { ISSUER, recordedPair, RESOURCE } from '../../record/recorded-pair.js';

const STEPS: Partial<Readonly<Record<Meaning, FlowStepId>>> = {
  'resource-metadata': 'resource-metadata',
  'authorization-server-metadata': 'authorization-server-metadata',
  registration: 'registration',
  'authorization-request': 'authorization',
  'sign-in': 'authorization',
  'token-request': 'token',
};

function stepOf({ meaning, brought }: RecordedExchange): FlowStepId {
  return STEPS[meaning] ?? (brought.access_token === undefined ? 'challenge' : 'mcp-call');
}

/** A flow by hand, of exchanges that were recorded; what it came to is said by the test. */
export function watchedFlow(
  recorded: readonly RecordedExchange[],
  told: Partial<WatchedFlow> = {},
): WatchedFlow {
  const exchanges = recorded
    .filter(
      ({ meaning, from }) =>
        !['other', 'client-configuration'].includes(meaning) &&
        !(from === 'rs' && meaning !== 'introspection'),
    )
    .map((exchange): LinkedExchange => ({ exchange, step: stepOf(exchange), linkedBy: 'client_id' }))
    .toSorted((one, other) => one.exchange.at - other.exchange.at);
  const times = exchanges.map(({ exchange }) => exchange.at);
  return {
    id: 'f1',
    clientId: recorded.findLast(({ from, brought }) => from !== 'rs' && brought.client_id !== undefined)
      ?.brought.client_id,
    client: { name: 'inspect-flow', evidence: ['it said so in its requests'] },
    target: RESOURCE,
    issuer: ISSUER,
    startedAt: Math.min(...times),
    updatedAt: Math.max(...times),
    exchanges,
    omitted: 0,
    outcome: 'completed',
    reason: undefined,
    route: { route: 'dcr', because: ['the authorization server gave the client_id out in this flow'] },
    lastStep: 'mcp-call',
    tokenLastUsedAt: Math.max(...times),
    findings: [],
    ...told,
  };
}

/** The exchanges of a run of our own client against our pair. */
export async function recordedRun(
  plan: Partial<Parameters<typeof inspect>[1]> = {},
  ...options: Parameters<typeof recordedPair>
): Promise<readonly RecordedExchange[]> {
  const pair = recordedPair(...options);
  await inspect(pair.fetch, { target: RESOURCE, ...plan });
  return pair.exchanges;
}
