import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIST_TOOLS } from '../rs/support.js';
import { agreeableAuthorizationServers } from '../support/agreeable-authorization-server.js';
import { type Certificate, certificateForLoopback } from '../support/certificate.js';
import { type Listening, listening, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { type LoadOptions, startLoad } from '../support/load.js';
import { tokenFor } from '../support/token.js';

const keep = stopAfterEach();
const startAs = agreeableAuthorizationServers();
const folder = mkdtempSync(join(tmpdir(), 'stop-'));
const CLIENTS = 12;
let own: Certificate;
let tls: readonly string[];

beforeAll(async () => {
  own = await certificateForLoopback();
  const [cert, key] = [join(folder, 'own.crt'), join(folder, 'own.key')];
  writeFileSync(cert, own.cert);
  writeFileSync(key, own.key);
  tls = ['--tls-cert', cert, '--tls-key', key];
});
afterAll(() => rmSync(folder, { recursive: true }));

async function startOne(...args: readonly string[]): Promise<Listening> {
  return listening(keep(start([...args, '--port', '0', '--log-format', 'json'])));
}

type Asked = Pick<LoadOptions, 'url' | 'body' | 'headers' | 'ca'>;

const register = ({ issuer }: Listening): Asked => ({
  url: `${issuer}/register`,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:41999/callback'] }),
});

const readMetadata = ({ issuer }: Listening): Asked => ({
  url: `${issuer}/.well-known/oauth-authorization-server`,
  ca: own.cert,
});

const listTools = ({ resource }: Listening, token = 'some-token'): Asked => ({
  url: resource,
  headers: {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/list',
  },
  body: JSON.stringify({
    ...LIST_TOOLS,
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'load', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  }),
  ca: own.cert,
});

/** Each starts a server, and says what its clients ask. */
const SERVERS: Readonly<Record<string, () => Promise<readonly [Listening, Asked]>>> = {
  async as() {
    const as = await startOne('as');
    return [as, register(as)];
  },
  async 'as by https'() {
    const as = await startOne('as', ...tls);
    return [as, readMetadata(as)];
  },
  async rs() {
    const rs = await startOne('rs', '--auth-server', (await startAs()).issuer);
    return [rs, listTools(rs)];
  },
  async 'rs by https'() {
    const rs = await startOne('rs', '--auth-server', (await startAs()).issuer, ...tls);
    return [rs, listTools(rs)];
  },
  async all() {
    const pair = keep(await startPair());
    return [pair, listTools(pair, await tokenFor(pair.issuer, pair.resource))];
  },
};

describe.each(Object.keys(SERVERS))('SIGTERM under load: %s', (name) => {
  it.each([
    ['the same connection', true],
    ['a connection for each request', false],
  ])('fails no request of clients that take %s', async (_what, keepAlive) => {
    const [server, asked] = await SERVERS[name]!();
    const load = startLoad({ ...asked, clients: CLIENTS, keepAlive });
    await expect.poll(load.answered).toBeGreaterThan(3 * CLIENTS);
    const { code } = await server.stop('SIGTERM');
    const { failed, answered } = await load.done;
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(3 * CLIENTS);
    expect(code).toBe(0);
  });
});

describe('--drain-seconds', () => {
  it('is time for a load balancer to go elsewhere: readiness is 503, and all else is answered as before', async () => {
    const as = await startOne('as', '--drain-seconds', '1');
    const load = startLoad({ ...register(as), clients: CLIENTS, keepAlive: false });
    await expect.poll(load.answered).toBeGreaterThan(CLIENTS);
    const ended = as.stop('SIGTERM');
    const readiness = () => fetch(`${as.issuer}/readyz`).then(({ status }) => status);
    await expect.poll(readiness, { interval: 10 }).toBe(503);
    const before = load.answered();
    await expect.poll(load.answered).toBeGreaterThan(before + CLIENTS);
    load.stop();
    expect((await load.done).failed).toEqual([]);
    expect((await ended).code).toBe(0);
  });
});
