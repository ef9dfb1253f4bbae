import { describe, expect, it } from 'vitest';
import { listening, type Listening, run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { createEditor } from '../support/editor.js';

const keep = stopAfterEach();

async function startAs(...flags: readonly string[]): Promise<Listening> {
  return keep(await listening(start(['as', '--log-format', 'json', ...flags])));
}

describe('--epoch', () => {
  it('ends the issuer, and a client goes through the whole flow there', async () => {
    const pair = keep(await startPair('--epoch', 'second'));
    expect(pair.issuer).toMatch(/^http:\/\/localhost:\d+\/second$/);
    const { code, stdout } = await run(['inspect-flow', pair.resource, '--json']);
    expect(code).toBe(0);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({ outcome: 'completed', registration: { route: 'dcr' } });
    expect(stdout).toContain(`${pair.issuer}/token`);
  });

  it('makes a client register afresh, while the resource server goes along', async () => {
    const first = await startAs('--port', '0', '--epoch', 'one');
    const { origin, port } = new URL(first.issuer);
    const rs = keep(
      await listening(start(['rs', '--port', '0', '--auth-server', origin, '--log-format', 'json'])),
    );
    const editor = createEditor(fetch, rs.resource);
    await editor.connect();
    editor.signOut();
    await first.stop();
    const second = await startAs('--port', port, '--epoch', 'two');
    const before = editor.seen.length;
    await editor.connect();
    expect(editor.seen.slice(before)).toEqual([
      'initialize 401',
      'PRM 200',
      'AS metadata 200',
      '/register 201',
      '/authorize new id',
      '/token 200',
      'initialize 200',
    ]);
    expect(second.issuer).toBe(`${origin}/two`);
    expect(rs.events().filter(({ kind }) => kind === 'as.issuer_changed')).toMatchObject([
      { configured: origin, issuer: `${origin}/one` },
      { configured: origin, issuer: `${origin}/two` },
    ]);
  });

  it('begins anew by the lever of /flows, and an MCP server in a process of its own goes along', async () => {
    const as = await startAs('--port', '0');
    const rs = keep(
      await listening(start(['rs', '--port', '0', '--auth-server', as.issuer, '--log-format', 'json'])),
    );
    const editor = createEditor(fetch, rs.resource);
    await editor.connect();
    const pulled = await fetch(`${as.issuer}/flows/levers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ lever: 'new-epoch', client_id: 'any' }),
    });
    const told: unknown = await pulled.json();
    expect(told).toMatchObject({
      pulled: true,
      issuer: expect.stringMatching(`^${as.issuer}/\\d{8}-\\d{6}$`),
    });
    const before = editor.seen.length;
    await editor.connect();
    expect(editor.seen.slice(before)).toContain('/register 201');
    expect(editor.seen.at(-1)).toBe('initialize 200');
    expect(rs.events().filter(({ kind }) => kind === 'as.issuer_changed')).toHaveLength(1);
  });

  it('comes behind the path of --public-url', async () => {
    const as = await startAs(
      '--port',
      '0',
      '--public-url',
      'https://as.example/base',
      '--epoch',
      'one',
      '--user',
      'a:b',
    );
    expect(as.issuer).toBe('https://as.example/base/one');
  });

  it.each(['..', 'a/b', 'a b', ':x', '*', ''])('%j is refused in one line with exit code 2', async (name) => {
    const { code, stderr } = await run(['as', '--port', '0', `--epoch=${name}`]);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('--epoch');
  });
});
