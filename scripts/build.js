// Compiles src to dist and writes the oclif manifest, which lets the CLI find a command without loading all of them.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
rmSync(join(root, 'oclif.manifest.json'), { force: true });

const compiled = spawnSync(process.execPath, [tsc, '--project', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const { Plugin } = await import('@oclif/core');
const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync(join(root, 'oclif.manifest.json'), JSON.stringify(plugin.manifest));
chmodSync(join(root, 'bin', 'run.js'), 0o755);

// With this link `npx mcp-oauth-demo` finds the checkout's own command at once. Without it npx would install the checkout
// into its cache first, which builds it again.
const links = join(root, 'node_modules', '.bin');
if (existsSync(links) && process.platform !== 'win32') {
  rmSync(join(links, 'mcp-oauth-demo'), { force: true });
  symlinkSync(join('..', '..', 'bin', 'run.js'), join(links, 'mcp-oauth-demo'));
}
