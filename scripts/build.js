// Compiles src to dist and writes the oclif manifest, which lets the CLI find a command without loading all of them.
// With --if-stale it does nothing if that was done since the sources last changed: npx asks for a build each time it
// meets a new checkout, and must not take away the files that a server is running from.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const manifest = join(root, 'oclif.manifest.json');

if (process.argv.includes('--if-stale') && !isStale()) process.exit(0);

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
rmSync(join(root, 'dist'), { recursive: true, force: true });
rmSync(manifest, { force: true });

const compiled = spawnSync(process.execPath, [tsc, '--project', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
copyScriptsOfPages();

const { Plugin } = await import('@oclif/core');
const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync(manifest, JSON.stringify(plugin.manifest));
chmodSync(join(root, 'bin', 'run.js'), 0o755);

/** Scripts of pages are served as they are. */
function copyScriptsOfPages() {
  const scripts = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.js'),
  );
  for (const path of scripts) {
    mkdirSync(join(root, 'dist', dirname(path)), { recursive: true });
    copyFileSync(join(root, 'src', path), join(root, 'dist', path));
  }
}

/** Whether a source is newer than the manifest, which is written last. */
function isStale() {
  const built = statSync(manifest, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(root, 'src', path),
  );
  return [...sources, join(root, 'package.json'), join(root, 'tsconfig.build.json')].some(
    (path) => statSync(path).mtimeMs > built,
  );
}
