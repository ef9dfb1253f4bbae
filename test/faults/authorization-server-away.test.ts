import { describe, expect, it } from 'vitest';
import { createPerson } from '../../scripts/load/person.js';
import { pause, startedHere } from './support/servers.js';

// Time budget: 30 seconds.

const started = startedHere();

/** A pair of processes, and somebody who has signed in. */
async function pairWithToken(asFlags: readonly string[], rsFlags: readonly string[]) {
  const as = await started.as({ flags: asFlags });
  const rs = await started.rs(as.issuer, { flags: rsFlags });
  const network = started.network();
  const person = createPerson({ issuer: as.issuer, resource: rs.resource, network });
  const client = await person.register();
  const grant = await person.authorize(client);
  await person.redeem(grant);
  await person.callTool(grant);
  const statusOf = (token: string) =>
    network
      .send('tools/call', rs.resource, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, accept: 'application/json, text/event-stream' },
        json: { jsonrpc: '2.0', id: 1, method: 'ping' },
      })
      .then(({ status, headers }) => ({
        status,
        retryAfter: Number(headers['retry-after']),
        challenge: headers['www-authenticate'],
      }));
  const readiness = async () => (await network.send('readyz', new URL('/readyz', rs.resource))).status;
  return { as, rs, person, grant, statusOf, readiness };
}

const away = { status: 503, retryAfter: expect.any(Number), challenge: undefined };

describe('an authorization server that is killed and comes back', () => {
  it('makes the MCP server answer 503 and never 401 to tokens that may be good, until it is back', async () => {
    const { as, rs, person, grant, statusOf, readiness } = await pairWithToken([], []);
    await as.stop('SIGKILL');
    const answers = await Promise.all(Array.from({ length: 20 }, () => statusOf(grant.access[0]!)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => away));
    expect(answers.every(({ retryAfter }) => retryAfter > 0)).toBe(true);
    await expect.poll(readiness).toBe(503);

    await as.restart();
    await expect.poll(readiness).toBe(200);
    // The store of this one was in its memory.
    expect(await statusOf(grant.access[0]!)).toMatchObject({ status: 401 });
    const again = await person.flow(await person.register(), { refreshes: 1, revokes: false });
    expect(await person.callTool(again)).toContain('"result"');
    expect(rs.child.exitCode).toBeNull();
  });

  it('hangs: the question is given up in time, and asked again when it answers', async () => {
    const { as, person, grant, statusOf } = await pairWithToken([], ['--introspection-timeout', '1000']);
    as.child.kill('SIGSTOP');
    const since = performance.now();
    expect(await statusOf(grant.access[0]!)).toEqual(away);
    expect(performance.now() - since).toBeLessThan(5000);
    as.child.kill('SIGCONT');
    await expect.poll(() => person.callTool(grant).catch(String)).toContain('"result"');
  });

  it('is not missed for as long as --introspection-cache says, and no longer', async () => {
    // Some calls are made within them, on a machine that may be busy.
    const seconds = 6;
    const { as, person, grant, statusOf } = await pairWithToken(
      [],
      ['--introspection-cache', String(seconds)],
    );
    await person.callTool(grant);
    await as.stop('SIGKILL');
    expect(await person.callTool(grant)).toContain('"result"');
    await pause(seconds * 1000 + 200);
    expect(await statusOf(grant.access[0]!)).toEqual(away);
  });

  it('is not missed with --verify=jwt while its keys are known', async () => {
    const { as, person, grant, readiness } = await pairWithToken(
      ['--token-format', 'jwt'],
      ['--verify', 'jwt'],
    );
    await as.stop('SIGKILL');
    expect(await person.callTool(grant)).toContain('"result"');
    expect(await readiness()).toBe(200);
  });
});
