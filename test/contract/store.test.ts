import { createMemoryStore } from '../../src/as/index.js';
import { storeContract } from './store-contract.js';

storeContract('memory', (clock) => {
  const store = createMemoryStore(clock);
  return { store, other: store };
});
