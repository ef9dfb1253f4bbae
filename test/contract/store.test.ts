import { expect, it } from 'vitest';
import { createMemoryStore, NEVER } from '../../src/as/index.js';
import { steppedClock, storeContract } from './store-contract.js';

storeContract('memory', (clock) => createMemoryStore(clock));

it('a memory store lets the oldest record of a kind go when it is full', async () => {
  const store = createMemoryStore(steppedClock(), { maxRecordsPerKind: 2 });
  const issued = { grant_id: 'g', client_id: 'c' };
  for (const id of ['one', 'two', 'three']) await store.put('issued', id, issued, NEVER);
  expect(await store.get('issued', 'one')).toBeUndefined();
  expect(await store.get('issued', 'two')).toEqual(issued);
  expect(await store.get('issued', 'three')).toEqual(issued);
});
