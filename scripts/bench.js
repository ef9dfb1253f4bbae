// What the recorder costs: the processor time that a server takes for a request, with it against without (--no-flows), in
// rounds that take turns. Time of the processor and not of the clock, so that what else the machine does counts little; it is
// read from /proc, so this runs on Linux. First while every exchange is written down, then in a flood, of which only a part is
// (docs/recorder.md). `npm run bench [-- <name of a scenario>]`
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { TOOL_CALL_HEADERS, toolCall } from './load/tool-call.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** How many requests are under way at a time. */
const CONCURRENCY = 16;
/** So few that all of them are written down, introspections included. */
const CALM = { warmUp: { requests: 500 }, rounds: 5, round: { requests: 300 } };
/** What is written down in spite of a flood comes out of this warm-up. */
const FLOOD = {
  warmUp: { requests: 6000, milliseconds: 10_000 },
  rounds: 7,
  round: { requests: Infinity, milliseconds: 1000 },
};

/** What is sent; where each has the URLs of its server and a token. */
const SCENARIOS = {
  'AS metadata': ({ issuer }) => ({ url: `${issuer}/.well-known/oauth-authorization-server`, status: 200 }),
  registration: ({ issuer }) => ({ url: `${issuer}/register`, status: 201, json: REGISTRATION }),
  'MCP without a token': ({ resource }) => ({
    url: resource,
    status: 401,
    json: TOOL_CALL,
    headers: TOOL_CALL_HEADERS,
  }),
  'tools/call': ({ resource, token }) => ({
    url: resource,
    status: 200,
    json: TOOL_CALL,
    headers: { ...TOOL_CALL_HEADERS, authorization: `Bearer ${token}` },
  }),
};

const REGISTRATION = {
  client_name: 'bench',
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'client_secret_post',
};
const TOOL_CALL = toolCall('bench');

const only = process.argv[2];
console.log('microseconds a request     every exchange written down       in a flood');
console.log('scenario                    without      with   ratio      without      with   ratio');
for (const [name, requestTo] of Object.entries(SCENARIOS)) {
  if (only !== undefined && name !== only) continue;
  const pairs = await Promise.all([start([]), start(['--no-flows'])]);
  const loads = pairs.map((pair) => loadOf(pair.child.pid, requestTo(pair)));
  try {
    const columns = [await compare(loads, CALM), await compare(loads, FLOOD)].map(([on, off]) => {
      const [with_, without] = [on, off].map((time) => String(Math.round(time)));
      return `${without.padStart(9)} ${with_.padStart(9)} ${(off / on).toFixed(2).padStart(7)}`;
    });
    console.log(`${name.padEnd(26)}${columns.join('    ')}`);
  } finally {
    await Promise.all(loads.map((load) => load.close()));
    for (const { child } of pairs) child.kill();
  }
}

/** Starts the pair on free ports; resolves with its URLs and a token for it. */
async function start(flags) {
  const ports = ['--as-port', '0', '--rs-port', '0', '--quiet', '--log-format', 'json'];
  const grants = '--grants=authorization_code,refresh_token,client_credentials';
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), 'all', ...ports, grants, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { issuer, resource } = await new Promise((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the servers ended with exit code ${code}`)));
  });
  return { child, issuer, resource, token: await tokenFrom(issuer, resource) };
}

async function tokenFrom(issuer, resource) {
  const headers = { 'content-type': 'application/json' };
  const registered = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers,
    body: JSON.stringify(REGISTRATION),
  });
  const { client_id, client_secret } = await registered.json();
  const form = { grant_type: 'client_credentials', client_id, client_secret, resource };
  const answered = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = await answered.json();
  if (token === undefined) throw new Error(`no token: ${answered.status}`);
  return token;
}

/** @returns microseconds of processor time that each takes for a request, over rounds that take turns */
async function compare(loads, { warmUp, rounds, round }) {
  for (const load of loads) await load.run(warmUp);
  const sums = loads.map(() => ({ answered: 0, microseconds: 0 }));
  for (let count = 0; count < rounds; count += 1) {
    for (const [index, load] of loads.entries()) {
      const { answered, microseconds } = await load.run(round);
      sums[index].answered += answered;
      sums[index].microseconds += microseconds;
    }
  }
  return sums.map(({ answered, microseconds }) => microseconds / answered);
}

/** What a process has used, in microseconds; the kernel counts in hundredths of a second. */
function processorTime(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return (user + system) * 10_000;
}

/** Sends the same request again and again; one that is not answered as expected ends the run. */
function loadOf(pid, { url, status, json, headers = {} }) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: CONCURRENCY });
  const request = {
    path: pathname,
    method: json ? 'POST' : 'GET',
    headers: json ? { ...headers, 'content-type': 'application/json' } : headers,
    body: json && JSON.stringify(json),
  };
  async function run({ requests, milliseconds = Infinity }) {
    const since = performance.now();
    const used = processorTime(pid);
    let sent = 0;
    let answered = 0;
    const sendUntilOver = async () => {
      while (sent < requests && performance.now() - since < milliseconds) {
        sent += 1;
        const { statusCode, body } = await pool.request(request);
        await body.dump();
        if (statusCode !== status) throw new Error(`${url} answered ${statusCode}`);
        answered += 1;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, sendUntilOver));
    return { answered, microseconds: processorTime(pid) - used };
  }
  return { run, close: () => pool.close() };
}
