import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';

const servers = new Set<Server>();
afterEach(() => {
  for (const server of servers) server.close();
  servers.clear();
});

/** Starts a registry on loopback that answers every request in one way; resolves with its URL. */
async function registry(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.add(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const ADVISORY = {
  id: 1,
  url: 'https://advisories.example/1',
  title: 'Lets everybody in',
  severity: 'low',
  vulnerable_versions: '<999',
};

/** Answers as the registry of npm does that knows of a vulnerability in these packages: about those that it is asked for. */
const vulnerable =
  (...names: readonly string[]): RequestListener =>
  async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method !== 'POST') return void response.writeHead(404).end('{}');
    const asked = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as Record<string, unknown>;
    const found = names.filter((name) => name in asked).map((name) => [name, [ADVISORY]]);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(Object.fromEntries(found)));
  };

const refuses =
  (status: number): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  };

/** Runs the audit against that registry. */
function audit(url: string): Promise<{ readonly code: number; readonly stdout: string }> {
  const env = { ...process.env, npm_config_registry: url, npm_config_fetch_retry_mintimeout: '10' };
  return new Promise((done) => {
    execFile(process.execPath, [join(ROOT, 'scripts/audit.js')], { env }, (error, stdout) =>
      done({ code: error ? Number(error.code) : 0, stdout }),
    );
  });
}

describe('npm run audit', () => {
  it('passes where the registry knows of no vulnerability, and says in how many packages', async () => {
    const { code, stdout } = await audit(await registry(vulnerable()));
    expect(stdout).toMatch(/no known vulnerability in \d+ packages that ship/);
    expect(code).toBe(0);
  });

  it('fails for a vulnerability in a package that ships, however low, and names it', async () => {
    const { code, stdout } = await audit(await registry(vulnerable('hono')));
    expect(stdout).toContain('low: hono <999: Lets everybody in, https://advisories.example/1');
    expect(code).toBe(1);
  });

  it('asks about no package that is for development only', async () => {
    const { code } = await audit(await registry(vulnerable('vitest')));
    expect(code).toBe(0);
  });

  it.each([
    ['has no audit', refuses(405)],
    ['is broken', refuses(500)],
    ['answers with a page of somebody in between', (_, response) => response.writeHead(200).end('<html>')],
    ['hangs up', (request) => request.socket.destroy()],
  ] satisfies [string, RequestListener][])(
    'says that it was skipped where the registry %s',
    async (_, answer) => {
      const { code, stdout } = await audit(await registry(answer));
      expect(stdout).toContain('SKIPPED, nothing is known');
      expect(code).toBe(0);
    },
  );
});
