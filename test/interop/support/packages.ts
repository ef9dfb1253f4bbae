import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../support/cli.js';

/** Foreign programs at the exact versions that these tests are about; they are no dependencies of ours. */
export const PROGRAMS = {
  mcpRemote: { spec: 'mcp-remote@0.15.1', bin: 'mcp-remote/dist/proxy.js' },
  inspector: {
    spec: '@modelcontextprotocol/inspector@2.12.0',
    bin: '@modelcontextprotocol/inspector/clients/launcher/build/index.js',
  },
  conformance: {
    spec: '@modelcontextprotocol/conformance@0.2.0-alpha.12',
    bin: '@modelcontextprotocol/conformance/dist/index.js',
  },
  // The two above need a newer Node than the oldest that we support. This package's install script fetches the binary.
  node: { spec: 'node@24.21.0', bin: 'node/bin/node', installScripts: true },
} as const satisfies Readonly<Record<string, Program>>;

interface Program {
  readonly spec: string;
  /** below node_modules */
  readonly bin: string;
  readonly installScripts?: boolean;
}

const CACHE = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'mcp-oauth-demo',
  'interoperability',
);

/** So that the reader of a failed run sees npm's reason, and a stuck download ends before the test's hook does. */
const DOWNLOAD_MILLISECONDS = 240_000;

/**
 * Downloads a program with npm, unless an earlier run did.
 *
 * @returns the path of what is to be run
 * @throws if npm can't get it
 */
export async function programPath(program: Program): Promise<string> {
  const folder = join(CACHE, program.spec.replace(/[^\w.@-]/g, '+'));
  const path = join(folder, 'node_modules', program.bin);
  if (existsSync(path)) return path;
  mkdirSync(CACHE, { recursive: true });
  // Only a complete install gets the name that is looked for, however this run ends.
  const fresh = mkdtempSync(join(CACHE, 'incomplete-'));
  try {
    writeFileSync(join(fresh, 'package.json'), '{"private":true}');
    await npmInstall(fresh, program);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return path;
}

async function npmInstall(folder: string, { spec, installScripts = false }: Program): Promise<void> {
  const scripts = installScripts ? '--no-ignore-scripts' : '--ignore-scripts';
  const npm = spawn('npm', ['install', '--save-exact', '--no-audit', '--no-fund', scripts, spec], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DOWNLOAD_MILLISECONDS,
  });
  let output = '';
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((done, fail) => {
    npm.once('error', fail);
    npm.once('close', done);
  });
  if (code !== 0) throw new Error(`npm could not install ${spec} (exit code ${code}):\n${output}`);
}

/** Name and version of a package that the lockfile pins, for the titles of the tests. */
export function installedPackage(name: string): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return `${name}@${manifest.version}`;
}
