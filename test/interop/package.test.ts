import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, startInstalled } from '../support/cli.js';

/** What a user has who installs the tarball in an empty folder. */
describe('the packed tarball, installed in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  let contents: readonly string[];

  beforeAll(() => {
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const [tarball] = JSON.parse(packed) as { filename: string; files: { path: string }[] }[];
    contents = tarball!.files.map((file) => file.path);
    execFileSync('npm', ['init', '--yes'], { cwd: folder });
    execFileSync('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball!.filename)], {
      cwd: folder,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('carries what runs and what explains it, and nothing else', () => {
    expect(contents).toEqual(
      expect.arrayContaining([
        'bin/run.js',
        'LICENSE',
        'README.md',
        'oclif.manifest.json',
        'dist/commands/all.js',
      ]),
    );
    expect(
      contents.filter(
        (path) =>
          !/^(bin\/run\.js|dist\/.*\.(js|d\.ts)|docs\/.*|[A-Z]+(\.md)?|package\.json|oclif\.manifest\.json)$/.test(
            path,
          ),
      ),
    ).toEqual([]);
  });

  it('runs all, and inspect-flow against it', async () => {
    const pair = startInstalled(folder, ['all', '--as-port', '0', '--rs-port', '0', '--log-format', 'json']);
    const [line] = await pair.printed(/^\{"kind":"listening".*$/m);
    const { resource } = JSON.parse(line) as { resource: string };
    const inspected = await startInstalled(folder, ['inspect-flow', resource, '--json']).ended;
    expect(inspected.code, inspected.stderr).toBe(0);
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      outcome: 'completed',
      registration: { route: 'dcr' },
    });
    expect((await pair.stop()).code).toBe(0);
  });

  it('gives the servers to other programs', () => {
    const script = `
      import { createAuthorizationServer } from 'mcp-oauth-demo/as';
      const as = createAuthorizationServer({ issuer: 'http://localhost:9000', demoMode: true });
      const answer = await as.fetch(new Request('http://localhost:9000/.well-known/oauth-authorization-server'));
      console.log((await answer.json()).issuer);
      await as.close();`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(printed.trim()).toBe('http://localhost:9000');
  });
});
