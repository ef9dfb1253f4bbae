import { describe, expect, it } from 'vitest';
import { connectV1, connectV2 } from './clients.js';
import { MODERN, modernHeaders, modernMessage } from './modern-support.js';
import { createWorld, GOOD, mcpRequest, type World } from './support.js';
import { verifies } from '../verifies.js';

const CALL = { name: 'get_time', arguments: {} };
const IN_UTC = { structuredContent: { timezone: 'UTC' } };

function erasTold(world: World): ReadonlySet<string> {
  return new Set(world.told('mcp.request').map(({ era }) => era));
}

describe('clients that others wrote find the era of the server', () => {
  it.each([
    ['both', MODERN],
    [MODERN, MODERN],
    ['2025', '2025'],
  ] as const)('SDK v2, which speaks both: --era %s', async (era, spoken) => {
    const world = createWorld({ era });
    const client = await connectV2(world, 'auto');
    expect(await client.callTool(CALL)).toMatchObject(IN_UTC);
    expect(erasTold(world)).toEqual(new Set([spoken]));
  });

  it.each(['both', '2025'] as const)('SDK v1, which speaks the older one: --era %s', async (era) => {
    const world = createWorld({ era });
    expect(await (await connectV1(world)).callTool(CALL)).toMatchObject(IN_UTC);
    expect(erasTold(world)).toEqual(new Set(['2025']));
  });

  it.each([
    ['SDK v1', connectV1],
    ['SDK v2 without the newer era', (world: World) => connectV2(world, 'legacy')],
  ])('%s tells its user which revision a server of the newer era alone speaks', async (_which, connect) => {
    const world = createWorld({ era: MODERN });
    await expect(connect(world)).rejects.toThrow(/2026-07-28 only/);
    expect(world.told('mcp.request')).toEqual([]);
  });

  it('SDK v2 without the older era gives up on a server of that one, and the log says why', async () => {
    const world = createWorld({ era: '2025' });
    await expect(connectV2(world)).rejects.toThrow();
    expect(world.told('request.refused')).toMatchObject([
      { reason: 'era_switched_off', description: expect.stringContaining('2025-11-25') },
    ]);
  });
});

describe('a client of 2026-07-28 that goes away', () => {
  verifies(
    ['rs.http-cancellation-disconnect', 'rs.http-cancellation-stop'],
    'has cancelled the call that it waited for',
    async () => {
      let signalOfCall: AbortSignal | undefined;
      const slow = {
        name: 'slow',
        title: 'Slow',
        description: 'Waits until nobody waits for it any more.',
        inputSchema: { type: 'object' },
        handler: (_input: unknown, { signal }: { signal: AbortSignal }) => {
          signalOfCall = signal;
          return new Promise<never>(() => {});
        },
      };
      const world = createWorld({ tools: [slow] });
      const gone = new AbortController();
      const request = mcpRequest(modernMessage('tools/call', { name: 'slow', arguments: {} }), {
        authorization: `Bearer ${GOOD}`,
        ...modernHeaders('tools/call', { 'mcp-name': 'slow' }),
      });
      void world.rs.fetch(new Request(request, { signal: gone.signal })).catch(() => undefined);
      await expect.poll(() => signalOfCall?.aborted).toBe(false);
      gone.abort();
      await expect.poll(() => signalOfCall?.aborted).toBe(true);
    },
  );
});
