import { expect, it } from 'vitest';
import { createMemoryStore, NEVER } from '../../src/as/index.js';
import { steppedClock, storeContract } from './store-contract.js';

storeContract('memory', (clock) => {
  const store = createMemoryStore(clock);
  return { store, other: store };
});

it('a memory store lets the oldest record of a kind go when it is full', async () => {
  const store = createMemoryStore(steppedClock(), { maxRecordsPerKind: 2 });
  const issued = { grant_id: 'g', client_id: 'c', expires_at: NEVER };
  for (const id of ['one', 'two', 'three']) await store.put('issued', id, issued, NEVER);
  expect(await store.get('issued', 'one')).toBeUndefined();
  expect(await store.get('issued', 'two')).toEqual(issued);
  expect(await store.get('issued', 'three')).toEqual(issued);
});

it('a memory store lets the oldest go when the records of a kind are too large together', async () => {
  const store = createMemoryStore(steppedClock(), { maxCharactersPerKind: 1000 });
  const ids = ['one', 'two', 'three', 'four'];
  const sized = (length: number) => ({ grant_id: 'g', client_id: 'c'.repeat(length), expires_at: 1 });
  const kept = async () => {
    const found = await Promise.all(ids.map(async (id) => ((await store.get('issued', id)) ? [id] : [])));
    return found.flat();
  };
  for (const id of ['one', 'two', 'three']) await store.put('issued', id, sized(250), NEVER);
  expect(await kept()).toEqual(['one', 'two', 'three']);
  await store.put('issued', 'two', sized(10), NEVER);
  await store.put('issued', 'four', sized(250), NEVER);
  expect(await kept()).toEqual(['one', 'two', 'three', 'four']);
  await store.put('issued', 'two', sized(600), NEVER);
  expect(await kept()).toEqual(['two', 'four']);
  await store.take('issued', 'two');
  await store.put('issued', 'one', sized(600), NEVER);
  expect(await kept()).toEqual(['one', 'four']);
});
