import { describe, expect, it } from 'vitest';
import { LIST_TOOLS } from '../rs/support.js';
import { agreeableAuthorizationServers } from '../support/agreeable-authorization-server.js';
import { type Listening, listening, start } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();
const startSlowAs = agreeableAuthorizationServers();
const NEVER = new Promise<void>(() => undefined);

async function startRs(issuer: string, ...flags: readonly string[]): Promise<Listening> {
  const args = ['rs', '--port', '0', '--auth-server', issuer, '--log-format', 'json'];
  return listening(keep(start([...args, ...flags])));
}

/** @returns undefined if it does not answer, or not any more */
async function askReadiness(resource: string): Promise<[number, unknown] | undefined> {
  try {
    const response = await fetch(new URL('/readyz', resource));
    return [response.status, await response.json()];
  } catch {
    return undefined;
  }
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A request of MCP 2026-07-28 that is answered by itself. */
function listTools(resource: string): Promise<Response> {
  return fetch(resource, {
    method: 'POST',
    headers: {
      authorization: 'Bearer some-token',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    },
    body: JSON.stringify({ ...LIST_TOOLS, params: { _meta: META } }),
  });
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('lets a call under way be answered, tells probes, serves others until it is drained, and ends with 0', async () => {
    let answer!: () => void;
    const as = await startSlowAs(new Promise((resolve) => (answer = resolve)));
    const rs = await startRs(as.issuer, '--drain-seconds', '2');
    const underWay = listTools(rs.resource).then(
      async (response) => ({
        status: response.status,
        connection: response.headers.get('connection'),
        text: await response.text(),
      }),
      () => undefined,
    );
    await expect.poll(as.asked).toBe(1);
    const asked = performance.now();
    const ended = rs.stop(signal);
    await expect.poll(() => askReadiness(rs.resource)).toEqual([503, { status: 'stopping' }]);
    const late = listTools(rs.resource);
    const health = await fetch(new URL('/healthz', rs.resource));
    expect([health.status, health.headers.get('connection')]).toEqual([200, 'close']);
    // Nobody is taken any more, and the calls go on.
    await expect.poll(() => askReadiness(rs.resource), { interval: 100 }).toBeUndefined();
    expect(performance.now() - asked).toBeGreaterThan(2000);

    answer();
    expect(await underWay).toMatchObject({
      status: 200,
      connection: 'close',
      text: expect.stringContaining('get_time'),
    });
    expect((await late).status).toBe(200);
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/"level":"(error|warning)".*(stopp|abort)/);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
  });
});

describe('a second signal', () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGTERM'],
  ] as const)('ends the process at once: %s, then %s', async (first, second) => {
    const as = await startSlowAs(NEVER);
    const rs = await startRs(as.issuer);
    const underWay = listTools(rs.resource).catch(() => undefined);
    await expect.poll(as.asked).toBe(1);
    rs.child.kill(first);
    // One that comes while the same one still waits to be heard is lost, so it is sent until it is heard.
    const again = setInterval(() => rs.child.kill(second), 20);
    const { code } = await rs.ended;
    clearInterval(again);
    // Without a second one the code is 0, once patience with the call is over.
    expect(code).toBe(130);
    await underWay;
  });
});

describe('a call that hangs', () => {
  it('does not keep the process from ending', async () => {
    const as = await startSlowAs(NEVER);
    const rs = await startRs(as.issuer, '--introspection-timeout', '60000');
    const underWay = listTools(rs.resource).catch(() => undefined);
    await expect.poll(as.asked).toBe(1);
    const asked = performance.now();
    const { code } = await rs.stop('SIGTERM');
    expect(code).toBe(0);
    // Orchestrators wait for 30 seconds before they kill.
    expect(performance.now() - asked).toBeLessThan(15_000);
    await underWay;
  });
});
