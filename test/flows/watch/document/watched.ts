import type { Meaning, RecordedExchange } from '../../../../src/flows/record/recorded-exchange.js';
import type { FlowStepId } from '../../../../src/flows/trace/trace.js';
import type { LinkedExchange, WatchedFlow } from '../../../../src/flows/watch/watched-flow.js';
import type { Finding } from '../../../../src/flows/trace/watched-facts.js';
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

/** A finding of each severity. */
export const DEAD_ID: Finding = {
  id: 'dead-client-id',
  severity: 'problem',
  what: 'The client goes on with a client_id that the authorization server does not know',
  evidence: ['GET /authorize came with old-1, and was refused (client_unknown)', 'it came with it twice'],
  who: 'client',
  change: 'forget the client_id when it is refused, and register again',
  spec: { title: 'RFC 6749 §5.2', url: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2' },
};
export const RESOURCE_MISSING: Finding = {
  id: 'resource-missing',
  severity: 'notice',
  what: 'The client names no resource',
  evidence: ['GET /authorize had no parameter resource'],
  who: 'client',
  change: 'send the parameter resource with both requests',
  spec: null,
};
