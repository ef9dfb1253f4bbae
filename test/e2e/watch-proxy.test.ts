import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

/** Starts a proxy on free ports, and waits until it says where it is. */
async function proxying(target: string, ...flags: readonly string[]) {
  const watch = keep(start(['inspect-flow', 'watch', '--proxy', target, '--port', '0', ...flags]));
  const [, resource] = await watch.printed(/Give your client (\S+) for/);
  return { watch, resource: resource! };
}

const inspect = (resource: string) => run(['inspect-flow', resource, '--quiet', '--no-cross-origin']);

describe('inspect-flow watch --proxy', () => {
  it('tells the flow of a client that was given the URL of the proxy, and saves it with what was rewritten', async () => {
    // Its own recorder is off: what is told can come from the proxy only.
    const pair = keep(await startPair('--no-flows'));
    const folder = mkdtempSync(join(tmpdir(), 'watch-proxy-'));
    folders.push(folder);
    const { watch, resource } = await proxying(pair.resource, '--save', folder);
    expect((await inspect(resource)).code).toBe(0);
    await watch.printed(/route +dcr: /);
    const { code, stdout, stderr } = await watch.stop();
    expect(code).toBe(0);
    expect(stdout).toMatch(/ f1 .*registration/);
    expect(stderr).toMatch(
      new RegExp(`Its authorization server ${pair.issuer} is met at http://localhost:\\d+\\.`),
    );
    const [file] = readdirSync(folder);
    const document = flowDocument.parse(JSON.parse(readFileSync(join(folder, file!), 'utf8')));
    expect(document).toMatchObject({ outcome: 'completed', target: resource, watched: { by: 'proxy' } });
    expect(document.watched!.notes.join('\n')).toContain(
      `the resource ${pair.resource} is shown to the client as ${resource}`,
    );
    expect((await run(['inspect-flow', 'show', join(folder, file!)])).code).toBe(0);
  });

  it('with --once holds one flow against what is expected, and ends', async () => {
    const pair = keep(await startPair('--no-flows'));
    const { watch, resource } = await proxying(
      pair.resource,
      '--once',
      '--wait',
      '60',
      '--expect',
      'route=preset',
    );
    await inspect(resource);
    const { code, stderr } = await watch.ended;
    expect(code).toBe(3);
    expect(stderr).toContain('route');
  });

  it('is there before the server is, and says so', async () => {
    const watch = keep(
      start(['inspect-flow', 'watch', '--proxy', 'http://localhost:65431/mcp', '--port', '0']),
    );
    const [, resource] = await watch.printed(/Give your client (\S+) for/);
    await watch.printed(/names no authorization server that can be read now/);
    const response = await fetch(resource!, { method: 'POST', body: '{}' });
    expect(response.status).toBe(502);
    expect(await response.text()).toContain('no answer from http://localhost:65431: nothing listens there');
    expect((await watch.stop()).code).toBe(0);
  });

  it.each([
    [['--port', '7000'], /proxy/],
    [['--proxy', 'mcp.example'], /mcp\.example/],
    [
      ['http://localhost:8002/mcp', '--proxy', 'http://localhost:65431/mcp'],
      /give the URL of the MCP server once/,
    ],
  ])('refuses %j in one line', async (flags, message) => {
    const { code, stderr } = await run(['inspect-flow', 'watch', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
