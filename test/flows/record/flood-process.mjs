// Run by memory.test.ts with --expose-gc: sends so many requests of different clients through recorder and watch, with a
// clock that lets all of them be written down, and prints how many bytes are in use after each of the given counts.
import { createFlowsService } from '../../../dist/flows/service.js';

const counts = process.argv.slice(2).map(Number);
let milliseconds = 0;
let number = 0;
const service = createFlowsService(
  { flows: true, history: 100 },
  {
    clock: { now: () => 1_795_000_000 + Math.floor(milliseconds / 1000) },
    random: { token: () => 'recorder' },
    ticker: () => () => undefined,
    milliseconds: () => milliseconds,
    describe: ({ kind }) => kind,
  },
);
const ISSUER = 'http://localhost:9000';
const app = {
  fetch: async () => Response.json({ client_id: `client-${number}`, more: 'x'.repeat(300) }, { status: 201 }),
  close: async () => undefined,
};
const places = { server: 'as', issuer: ISSUER, registration_endpoint: `${ISSUER}/register` };
const watched = service.serve(app, { demoMode: true, places: () => places });

for (const count of counts) {
  while (number < count) {
    number += 1;
    milliseconds += 10;
    await watched.fetch(new Request(`${ISSUER}/register?n=${number}`, { method: 'POST' }), {
      address: '127.0.0.1',
      port: 1024 + (number % 50_000),
    });
  }
  await new Promise((done) => setImmediate(done));
  globalThis.gc();
  console.log(process.memoryUsage().heapUsed);
}
const answered = await watched.fetch(new Request(`${ISSUER}/flows/exchanges`));
const reader = answered.body.getReader();
console.log(
  /"kept":(\d+),"skipped":(\d+)/
    .exec(new TextDecoder().decode((await reader.read()).value))
    ?.slice(1)
    .join(),
);
await reader.cancel();
await service.close();
