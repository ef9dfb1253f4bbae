// A process of its own that has a store open, and does with it what it is told to.
// node store-process.mjs <store>
import { openStore } from '../../dist/as/index.js';

const clock = { now: () => 1_800_000_000 };
const { source, close } = await openStore({ store: process.argv[2], issuer: 'http://as.example', clock });

process.on('message', async ({ calls }) => {
  const results = await Promise.all(
    calls.map(([operation, ...args]) =>
      source[operation](...args).then(
        (value) => ({ value }),
        ({ name, message }) => ({ error: name, message }),
      ),
    ),
  );
  process.send(results);
});
process.once('disconnect', close);
process.send([]);
