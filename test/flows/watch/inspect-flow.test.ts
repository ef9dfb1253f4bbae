import { describe, expect, it } from 'vitest';
import { recordedPair, RESOURCE } from '../record/recorded-pair.js';
import { inspect } from '../support.js';
import { flowOf, judged } from './judged.js';

describe('a flow of inspect-flow, watched by the servers', () => {
  it('is a fresh registration of inspect-flow, without any finding', async () => {
    const pair = recordedPair();
    await inspect(pair.fetch, { target: RESOURCE });
    const { client, route, findings } = judged(flowOf(pair.exchanges));
    expect(client?.name).toBe('inspect-flow');
    expect(route.route).toBe('dcr');
    expect(findings).toEqual([]);
  });

  it('has the route preset with a configured client_id', async () => {
    const pair = recordedPair();
    await inspect(pair.fetch, { target: RESOURCE, clientId: 'demo-preset' });
    const { route, findings } = judged(flowOf(pair.exchanges));
    expect(route).toMatchObject({ route: 'preset' });
    expect(route.because).toContain('POST /register was not called in this flow');
    expect(findings).toEqual([]);
  });
});
