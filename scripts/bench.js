// What the recorder costs: requests a second that a server answers, with it against without (--no-flows), one request after
// the other in rounds that take turns, so that whatever else the machine does meets both alike. `npm run bench [-- <name>]`
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** How many requests are under way at a time, rounds of each server, and how long one takes. */
const CONCURRENCY = 16;
const ROUNDS = 7;
const ROUND_MILLISECONDS = 1000;
/** After the first seconds a flood is written down in part only, as docs/recorder.md says: that is what is measured. */
const WARM_UP_MILLISECONDS = 3000;

/** What is sent; where each has the URLs of its server and a token. */
const SCENARIOS = {
  'AS metadata': ({ issuer }) => ({ url: `${issuer}/.well-known/oauth-authorization-server`, status: 200 }),
  registration: ({ issuer }) => ({ url: `${issuer}/register`, status: 201, json: REGISTRATION }),
  'MCP without a token': ({ resource }) => ({ url: resource, status: 401, json: TOOL_CALL, headers: MCP }),
  'tools/call': ({ resource, token }) => ({
    url: resource,
    status: 200,
    json: TOOL_CALL,
    headers: { ...MCP, authorization: `Bearer ${token}` },
  }),
};

const REGISTRATION = {
  client_name: 'bench',
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['client_credentials'],
  token_endpoint_auth_method: 'client_secret_post',
};
const VERSION = '2026-07-28';
const TOOL_CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'get_time',
    arguments: {},
    _meta: {
      'io.modelcontextprotocol/protocolVersion': VERSION,
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};
const MCP = {
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': VERSION,
  'mcp-method': 'tools/call',
  'mcp-name': 'get_time',
};

const started = [];
try {
  const recorded = await start([]);
  const plain = await start(['--no-flows']);
  const only = process.argv[2];
  console.log('scenario                 with recorder   without    ratio');
  for (const [name, requestTo] of Object.entries(SCENARIOS)) {
    if (only !== undefined && name !== only) continue;
    const [on, off] = await compare(requestTo(recorded), requestTo(plain));
    const columns = [`${Math.round(on)}/s`, `${Math.round(off)}/s`].map((text) => text.padStart(10));
    console.log(`${name.padEnd(24)} ${columns[0]}   ${columns[1]}    ${(on / off).toFixed(2)}`);
  }
} finally {
  for (const child of started) child.kill();
}

/** Starts the pair on free ports; resolves with its URLs and a token for it. */
async function start(flags) {
  const ports = ['--as-port', '0', '--rs-port', '0', '--quiet', '--log-format', 'json'];
  const grants = '--grants=authorization_code,refresh_token,client_credentials';
  const child = spawn(process.execPath, [join(root, 'bin/run.js'), 'all', ...ports, grants, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  const { issuer, resource } = await new Promise((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the servers ended with exit code ${code}`)));
  });
  return { issuer, resource, token: await tokenFrom(issuer, resource) };
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

/** @returns requests a second, medians of rounds that take turns */
async function compare(...requests) {
  const loads = requests.map((request) => loadOf(request));
  for (const load of loads) await load.run(WARM_UP_MILLISECONDS);
  const rates = loads.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, load] of loads.entries()) rates[index].push(await load.run(ROUND_MILLISECONDS));
  }
  await Promise.all(loads.map((load) => load.close()));
  return rates.map((all) => all.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)]);
}

/** Sends the same request again and again; one that is not answered as expected ends the run. */
function loadOf({ url, status, json, headers = {} }) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: CONCURRENCY });
  const request = {
    path: pathname,
    method: json ? 'POST' : 'GET',
    headers: json ? { ...headers, 'content-type': 'application/json' } : headers,
    body: json && JSON.stringify(json),
  };
  async function run(milliseconds) {
    const since = performance.now();
    let answered = 0;
    const sendUntilOver = async () => {
      while (performance.now() - since < milliseconds) {
        const { statusCode, body } = await pool.request(request);
        await body.dump();
        if (statusCode !== status) throw new Error(`${url} answered ${statusCode}`);
        answered += 1;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, sendUntilOver));
    return (answered / (performance.now() - since)) * 1000;
  }
  return { run, close: () => pool.close() };
}
