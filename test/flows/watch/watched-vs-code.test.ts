import { expect, it } from 'vitest';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import { recordedPair } from '../record/recorded-pair.js';
import { runScenario } from './fixtures/run-scenario.js';
import { VS_CODE } from './fixtures/vs-code/profile.js';
import { CACHED_ID, SHORT_LIFE, STALE_ID, STALE_ID_TOLD } from './fixtures/vs-code/scenarios.js';
import type { Scenario } from './fixtures/sourced.js';

/** What the watch makes of it, the oldest flow first. */
async function watched(scenario: Scenario, pair: ReturnType<typeof recordedPair>) {
  const watch = createWatch({ maxFlows: 10 });
  pair.onExchange((exchange) => watch.add(exchange));
  await runScenario(scenario, VS_CODE, pair);
  return watch
    .flows()
    .toReversed()
    .map(({ client, route, findings }) => [client?.name, route.route, ...findings.map(({ id }) => id)]);
}

it.each([
  [
    'a stored client_id',
    CACHED_ID,
    {},
    [
      ['VS Code', 'dcr'],
      ['VS Code', 'dcr-reused'],
    ],
  ],
  ['a stale client_id', STALE_ID, {}, [['VS Code', 'adopted', 'client-id-adopted']]],
  [
    'a stale client_id that is told to register',
    STALE_ID_TOLD,
    { unknownClients: 'reregister' },
    [
      ['VS Code', 'adopted', 'client-id-adopted', 'told-to-register'],
      ['VS Code', 'dcr'],
    ],
  ],
  ['short tokens', SHORT_LIFE, { accessTokenSeconds: 300 }, [['VS Code', 'dcr', 'refresh-on-every-call']]],
] as const)('the watch tells flows of VS Code apart: %s', async (_title, scenario, options, expected) => {
  expect(await watched(scenario, recordedPair({ registration: ['preset', 'dcr'], ...options }))).toEqual(
    expected,
  );
});
