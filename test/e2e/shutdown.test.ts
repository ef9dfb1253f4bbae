import { describe, expect, it } from 'vitest';
import { LIST_TOOLS } from '../rs/support.js';
import { agreeableAuthorizationServers } from '../support/agreeable-authorization-server.js';
import { type Listening, listening, postMcp, start } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();
const startSlowAs = agreeableAuthorizationServers();

async function startRs(issuer: string, ...flags: readonly string[]): Promise<Listening> {
  const args = ['rs', '--port', '0', '--auth-server', issuer, '--log-format', 'json'];
  return listening(keep(start([...args, ...flags])));
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
  it('lets a call under way be answered, tells probes and new calls, and ends with 0', async () => {
    const as = await startSlowAs(1200);
    const rs = await startRs(as.issuer);
    const underWay = listTools(rs.resource);
    await expect.poll(as.asked).toBe(1);
    const ended = rs.stop(signal);
    const readiness = await fetch(new URL('/readyz', rs.resource));
    expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'stopping' }]);
    expect((await fetch(new URL('/healthz', rs.resource))).status).toBe(200);
    const late = await postMcp(rs.resource, 'some-token', LIST_TOOLS);
    expect(late.status).toBe(503);
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);

    const answered = await underWay;
    expect(answered.status).toBe(200);
    expect(await answered.text()).toContain('get_time');
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
    const as = await startSlowAs(30_000);
    const rs = await startRs(as.issuer);
    const underWay = listTools(rs.resource).catch(() => undefined);
    await expect.poll(as.asked).toBe(1);
    rs.child.kill(first);
    await expect.poll(async () => (await fetch(new URL('/readyz', rs.resource))).status).toBe(503);
    const asked = performance.now();
    const { code } = await rs.stop(second);
    expect(performance.now() - asked).toBeLessThan(1000);
    expect(code).toBe(130);
    await underWay;
  });
});

describe('a call that hangs', () => {
  it('does not keep the process from ending', async () => {
    const as = await startSlowAs(60_000);
    const rs = await startRs(as.issuer);
    const underWay = listTools(rs.resource).catch(() => undefined);
    await expect.poll(as.asked).toBe(1);
    const asked = performance.now();
    const { code } = await rs.stop('SIGTERM');
    expect(performance.now() - asked).toBeLessThan(7000);
    expect(code).toBe(0);
    await underWay;
  });
});
