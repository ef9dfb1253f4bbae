import { describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { listening, run, start } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();

async function flowAt(url: string, id = 'f1') {
  const response = await fetch(new URL(`/flows/${id}.json`, url));
  return flowDocument.parse(await response.json());
}

describe('an authorization server and an MCP server in processes of their own', () => {
  it('show the whole flow at the MCP server, and no false alarm at the authorization server', async () => {
    const as = keep(await listening(start(['as', '--port', '0', '--log-format', 'json'])));
    const rs = keep(
      await listening(start(['rs', '--port', '0', '--auth-server', as.issuer, '--log-format', 'json'])),
    );
    const inspect = () => run(['inspect-flow', rs.resource, '--quiet', '--no-cross-origin']);
    await inspect();
    const whole = await flowAt(rs.resource);
    expect(whole).toMatchObject({ outcome: 'completed', registration: { route: 'dcr' } });
    expect(new Set(whole.exchanges.map(({ to }) => to))).toEqual(new Set(['as', 'rs']));
    const paths = whole.exchanges.map(({ request }) => new URL(request.url).pathname);
    expect(paths.indexOf('/introspect')).toBeGreaterThan(paths.indexOf('/token'));
    expect(paths.indexOf('/register')).toBeGreaterThan(paths.indexOf('/mcp'));
    const { outcome, watched } = await flowAt(as.issuer);
    expect(outcome).toBe('completed');
    expect(watched).toMatchObject({ findings: [], token_last_used_at: expect.any(String) });
    // What comes after somebody began to look is put together too.
    await inspect();
    await expect
      .poll(() => flowAt(rs.resource, 'f2').catch(() => undefined))
      .toMatchObject({ outcome: 'completed', registration: { route: 'dcr', register_called: true } });
  });
});
