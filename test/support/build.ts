import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './cli.js';

/** Builds before the tests if the sources are newer than the build: the tests of the command line run what is built. */
export default function build(): void {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
    join(ROOT, 'src', path),
  );
  const newest = Math.max(...[...sources, join(ROOT, 'package.json')].map((path) => statSync(path).mtimeMs));
  const built = statSync(join(ROOT, 'oclif.manifest.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built < newest)
    execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.js')], { stdio: 'inherit' });
}
