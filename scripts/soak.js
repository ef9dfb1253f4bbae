// Whole flows by many clients at once, for minutes, against `as` and `rs` in processes of their own, on each store. An error
// ends it with exit code 1, and so does memory that still grows after the warm-up. What was measured goes to docs/soak.md.
// Everything is on loopback, and bounded.
// `npm run soak [-- --minutes 5 --clients 200 --store memory|sqlite|redis|all --report docs/soak.md]`
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createNetwork } from './load/network.js';
import { createPerson } from './load/person.js';
import { judge, writeReport } from './load/soak-report.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const STORES = ['memory', 'sqlite', 'redis'];
/** So short, in seconds, that within the warm-up as many records end as begin. */
const LIVES = ['--code-seconds', '20', '--access-token-seconds', '20', '--refresh-token-seconds', '30'];
const QUIET = ['--quiet', '--log-format', 'json', '--no-flows'];
/** Between two looks at the memory, and between two flows of a client, in milliseconds. */
const SAMPLE_EVERY = 2000;
const PAUSE = 5000;
/** More clients than this is more than the machine's ports are for. */
const MOST = { minutes: 60, clients: 1000 };

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    clients: { type: 'string', default: '200' },
    store: { type: 'string', default: 'all' },
    report: { type: 'string', default: join(root, 'docs', 'soak.md') },
  },
});
const minutes = numberIn('minutes');
const clients = Math.ceil(numberIn('clients'));
const stores = values.store === 'all' ? STORES : [values.store];
if (!stores.every((store) => STORES.includes(store))) fail(`--store is one of ${STORES.join(', ')}, all`);

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const runs = [];
for (const store of stores) {
  console.log(`${store}: ${clients} clients for ${minutes} minutes`);
  const run = await soak(store);
  const verdict = judge(run);
  runs.push({ ...run, verdict });
  console.log(
    verdict.faults.length === 0 ? `  passed: ${run.flows} flows` : `  FAILED: ${verdict.faults.join('; ')}`,
  );
  writeReport(values.report, runs);
}
process.exit(runs.every(({ verdict }) => verdict.faults.length === 0) ? 0 : 1);

async function soak(store) {
  const ends = [];
  try {
    const where = await openStore(store, ends);
    const as = await serve(['as', '--port', '0', '--store', where, ...LIVES], ends);
    const rs = await serve(['rs', '--port', '0', '--auth-server', as.issuer], ends);
    return await load(store, { as, rs }, ends);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function load(store, { as, rs }, ends) {
  const network = createNetwork({ connections: clients, patience: 30_000 });
  ends.push(() => network.close());
  const latencies = new Map();
  const errors = [];
  const memory = { as: [], rs: [] };
  const since = performance.now();
  const until = since + minutes * 60_000;
  const sampling = setInterval(() => {
    const at = (performance.now() - since) / 1000;
    for (const [name, { child }] of Object.entries({ as, rs })) {
      const megabytes = residentMegabytes(child.pid);
      if (megabytes !== undefined) memory[name].push({ at, megabytes });
    }
  }, SAMPLE_EVERY);
  let flows = 0;
  const observe = (step, milliseconds) => {
    const known = latencies.get(step);
    if (known) known.push(milliseconds);
    else latencies.set(step, [milliseconds]);
  };
  // A client registers once, and what it was granted it gives back at the end of each flow: what is kept of it for good is
  // its registration.
  const beOne = async (_, index) => {
    const person = createPerson({
      issuer: as.issuer,
      resource: rs.resource,
      network,
      ledger: { registrations: [], grants: { push: () => 0 } },
      observe,
    });
    await pause((index / clients) * PAUSE);
    let client;
    while (performance.now() < until) {
      try {
        client ??= await person.register();
        await person.flow(client, { refreshes: 2 });
        flows += 1;
      } catch (error) {
        errors.push(String(error.message));
      }
      await pause(PAUSE);
    }
  };
  await Promise.all(Array.from({ length: clients }, beOne));
  clearInterval(sampling);
  for (const [name, { child }] of Object.entries({ as, rs })) {
    if (child.exitCode !== null || child.signalCode !== null) errors.push(`${name} has ended`);
  }
  const seconds = (performance.now() - since) / 1000;
  return { store, clients, minutes, seconds, flows, errors, latencies, memory };
}

/** Starts a server, and waits until it says where it listens. */
async function serve(args, ends) {
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), ...args, ...QUIET], {
    // What it would say there is counted as an error below.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  ends.push(() => ended(child));
  const line = await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with exit code ${code}`)));
  });
  return { child, ...JSON.parse(line) };
}

/** @returns what to give to --store, for an empty one that goes with the run */
async function openStore(store, ends) {
  if (store === 'memory') return store;
  const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-demo-soak-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  if (store === 'sqlite') return `sqlite:${join(folder, 'oauth.db')}`;
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  ends.push(() => ended(child));
  await new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error('there is no redis-server on the PATH')));
    child.once('exit', (code) => reject(new Error(`redis-server ended with exit code ${code}`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      if (text.includes('Ready to accept connections')) resolve();
    });
  });
  return `redis://127.0.0.1:${port}`;
}

/** Has a process end, and waits for that. */
async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** What a process occupies of the machine's memory; the kernel says it, so this runs on Linux. */
function residentMegabytes(pid) {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function numberIn(name) {
  const number = Number(values[name]);
  if (!(number > 0 && number <= MOST[name])) fail(`--${name} is a number above 0, and ${MOST[name]} at most`);
  return number;
}

function fail(line) {
  console.error(line);
  process.exit(2);
}
