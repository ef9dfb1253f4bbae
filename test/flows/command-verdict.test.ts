import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { signIn } from '../interop/support/sign-in.js';
import { run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { carelessPair, serve, type Served } from './careless-pair.js';

const folder = mkdtempSync(join(tmpdir(), 'browser-'));
const servers: Served[] = [];
const keep = stopAfterEach();

afterEach(async () => {
  servers.splice(0).forEach((server) => server.close());
});
afterAll(() => rmSync(folder, { recursive: true }));

async function inspected(...args: readonly string[]) {
  const { code, stdout } = await run(['inspect-flow', '--json', ...args]);
  const { outcome, registration, steps } = flowDocument.parse(JSON.parse(stdout));
  return { code, outcome, registration, steps };
}

describe('inspect-flow, against the pair, tells', () => {
  it('dcr, preset and adopted apart, with the URL first or last', async () => {
    const { resource } = keep(await startPair('--client', 'demo-preset'));
    const [dcr, preset, adopted] = await Promise.all([
      inspected(resource),
      inspected('--client-id=demo-preset', resource),
      inspected(resource, '--client-id', 'never-seen'),
    ]);
    expect(dcr).toMatchObject({
      code: 0,
      outcome: 'completed',
      registration: { route: 'dcr', register_called: true },
    });
    expect(preset).toMatchObject({
      code: 0,
      registration: { route: 'preset', client_id: 'demo-preset', register_called: false },
    });
    expect(adopted).toMatchObject({
      code: 0,
      registration: { route: 'adopted', client_id: 'never-seen', register_called: false },
    });
  });

  it('an unknown id with exit code 1, where unknown clients are refused', async () => {
    const { resource } = keep(await startPair('--unknown-clients=reject'));
    expect(await inspected(resource, '--client-id', 'never-seen')).toMatchObject({
      code: 1,
      outcome: 'failed',
      registration: { route: 'unknown', register_called: false },
    });
  });

  it('with --no-browser the same, once somebody has signed in at the URL that it prints', async () => {
    const { resource } = keep(await startPair());
    const flow = keep(start(['inspect-flow', resource, '--no-browser', '--json']));
    const [, url] = await flow.printed(/To sign in, open\s+(http\S+)/);
    const page = await fetch(await signIn(url!));
    expect(page.status).toBe(200);
    const { code, stdout } = await flow.ended;
    expect(code).toBe(0);
    expect(flowDocument.parse(JSON.parse(stdout))).toMatchObject({
      outcome: 'completed',
      registration: { route: 'dcr' },
    });
  });
});

describe('inspect-flow, where no token is asked for,', () => {
  it('calls no tool unasked, and ends with 0', async () => {
    const called: string[] = [];
    const open = await serve(async (request) => {
      const { id, method, params } = (await request.json()) as {
        id: number;
        method: string;
        params?: { name?: string };
      };
      if (method === 'tools/call') called.push(String(params?.name));
      const results: Readonly<Record<string, unknown>> = {
        'server/discover': { supportedVersions: ['2026-07-28'], capabilities: {} },
        'tools/list': { tools: [{ name: 'delete_all', inputSchema: { type: 'object' } }] },
      };
      return Response.json({ jsonrpc: '2.0', id, result: results[method] ?? {} });
    });
    servers.push(open);
    const { code, outcome, steps } = await inspected(`${open.origin}/mcp`);
    expect({ code, outcome }).toEqual({ code: 0, outcome: 'not-protected' });
    expect(called).toEqual([]);
    expect(steps.find(({ id }) => id === 'mcp-call')!.reason).toMatch(/1 tools? listed, none called/);
  });
});

describe.skipIf(process.platform === 'win32')('a sign-in page that is not on this machine', () => {
  /** Writes what it is given to a file, where a browser would open it. */
  const opened = join(folder, 'opened');
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(folder, name), `#!/bin/sh\nprintf %s "$1" > "${opened}"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const env = { PATH: `${folder}${delimiter}${process.env['PATH']}` };

  async function startFlow(...flags: readonly string[]) {
    rmSync(opened, { force: true });
    const pair = await serve(async (request, origin) => {
      const response = await carelessPair(request, origin);
      if (!request.url.endsWith('/.well-known/oauth-authorization-server')) return response;
      const metadata = (await response.json()) as Record<string, unknown>;
      return Response.json({ ...metadata, authorization_endpoint: 'https://as.invalid/authorize' });
    });
    servers.push(pair);
    const args = ['inspect-flow', `${pair.origin}/mcp`, '--client-id', 'known', ...flags];
    return keep(start(args, { env }));
  }

  it('is opened in the browser', async () => {
    const flow = await startFlow();
    await flow.printed(/Sign in in the browser/);
    expect(readFileSync(opened, 'utf8')).toMatch(/^https:\/\/as\.invalid\/authorize\?\S*code_challenge=/);
    expect((await flow.stop()).code).toBe(130);
  });

  it('is only printed with --no-browser', async () => {
    const flow = await startFlow('--no-browser');
    await flow.printed(/To sign in, open\s+https:\/\/as\.invalid\/authorize\?/);
    expect((await flow.stop()).code).toBe(130);
    expect(existsSync(opened)).toBe(false);
  });

  it('is visited by inspect-flow itself with --headless', async () => {
    const { code, stderr } = await (await startFlow('--headless')).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('the flow failed at authorization');
    expect(existsSync(opened)).toBe(false);
  });
});
