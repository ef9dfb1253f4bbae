import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { modernHeaders, modernMessage } from './modern-support.js';
import { createWorld, GOOD, INITIALIZE, mcpRequest, type World } from './support.js';

const authorization = `Bearer ${GOOD}`;

/** Sends a request, reads the answer, and lets go of both. */
async function signalOf(world: World, request: Request): Promise<WeakRef<AbortSignal>> {
  const signal = new WeakRef(request.signal);
  const response = await world.rs.fetch(request);
  expect(response.status).toBe(200);
  await response.text();
  return signal;
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) {
    await sleep(20);
    collect();
  }
}

it.each([
  [
    '2026-07-28',
    () => mcpRequest(modernMessage('tools/list'), { authorization, ...modernHeaders('tools/list') }),
  ],
  ['2025-11-25', () => mcpRequest(INITIALIZE, { authorization })],
])('a request of %s is let go of once it is answered', async (_revision, request) => {
  const world = createWorld();
  const signals: WeakRef<AbortSignal>[] = [];
  for (let count = 0; count < 60; count += 1) signals.push(await signalOf(world, request()));
  await collectGarbage();
  expect(signals.filter((signal) => signal.deref() !== undefined).length).toBeLessThan(10);
});
