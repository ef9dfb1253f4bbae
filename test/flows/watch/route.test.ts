import { describe, expect, it } from 'vitest';
import { recordedPair } from '../record/recorded-pair.js';
import { answeredWith, asAProxySaw } from './fixtures/as-a-proxy.js';
import { INSPECTOR, REGISTERS, withClientId } from './fixtures/other-clients.js';
import { runScenario } from './fixtures/run-scenario.js';
import { VS_CODE } from './fixtures/vs-code/profile.js';
import { CACHED_ID } from './fixtures/vs-code/scenarios.js';
import { flowOf, judged } from './judged.js';

async function seenFromOutside(scenario = REGISTERS, profile = INSPECTOR) {
  const pair = recordedPair({ registration: ['preset', 'dcr'] });
  const flows = await runScenario(scenario, profile, pair);
  return flows.map(({ flow }) => asAProxySaw(flow.exchanges.map(({ exchange }) => exchange)));
}

describe('the route of a flow before servers that say nothing of their clients', () => {
  it('is dcr where the client_id came with the answer to a registration in this flow', async () => {
    const [exchanges = []] = await seenFromOutside();
    expect(judged(flowOf(exchanges)).route).toMatchObject({ route: 'dcr' });
  });

  it('is dcr-reused where it was issued and used in an earlier flow', async () => {
    const [first = [], second = []] = await seenFromOutside(CACHED_ID, VS_CODE);
    expect(judged(flowOf(second), [flowOf(first)]).route.route).toBe('dcr-reused');
  });

  it('is not told where nobody saw the client_id issued, and both possibilities are named', async () => {
    const [exchanges = []] = await seenFromOutside(withClientId('demo-preset'));
    const { route, because } = judged(flowOf(exchanges)).route;
    expect(route).toBeNull();
    expect(because.join(' ')).toMatch(/\(preset\).*\(dcr-reused\)/);
  });

  it('is not told by a registration whose client_id is not the one that is used', async () => {
    const [registered = []] = await seenFromOutside();
    const [given = []] = await seenFromOutside(withClientId('demo-preset'));
    const registrations = registered.filter(({ meaning }) => meaning === 'registration');
    const flow = flowOf([...registrations, ...given], { clientId: 'demo-preset' });
    expect(judged(flow).route.route).toBeNull();
  });

  it('is unknown where the token endpoint does not know a client that need not authenticate', async () => {
    const [exchanges = []] = await seenFromOutside(withClientId('demo-preset'));
    const refused = answeredWith(exchanges, 'token-request', 401, { error: 'invalid_client' });
    expect(judged(flowOf(refused)).route.route).toBe('unknown');
  });

  it('is not told where a client with a secret is refused: the secret may be wrong', async () => {
    const [exchanges = []] = await seenFromOutside(withClientId('demo-preset'));
    const refused = answeredWith(exchanges, 'token-request', 401, { error: 'invalid_client' }).map(
      (exchange) =>
        exchange.meaning === 'token-request'
          ? {
              ...exchange,
              request: { ...exchange.request, headers: { authorization: 'Basic [redacted]' } },
            }
          : exchange,
    );
    expect(judged(flowOf(refused)).route.route).toBeNull();
  });

  it('is cimd for a URL where the metadata says that documents are read, and not told where it does not', async () => {
    const url = 'https://app.example/client.json';
    const [exchanges = []] = await seenFromOutside(withClientId('demo-preset'));
    const named = exchanges.map((exchange) => ({
      ...exchange,
      brought: exchange.brought.client_id === undefined ? {} : { ...exchange.brought, client_id: url },
    }));
    expect(judged(flowOf(named, { clientId: url })).route.route).toBeNull();
    const supported = answeredWith(named, 'authorization-server-metadata', 200, {
      client_id_metadata_document_supported: true,
    });
    expect(judged(flowOf(supported, { clientId: url })).route.route).toBe('cimd');
  });

  it('waits for a client_id', async () => {
    const [exchanges = []] = await seenFromOutside();
    const { route } = judged(flowOf(exchanges.slice(0, 1)));
    expect(route.route).toBeNull();
    expect(route.because).toContain('the client has named no client_id so far');
  });
});
