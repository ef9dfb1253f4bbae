import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './cli.js';

/** Builds before the tests if the sources are newer than the build: the tests of the command line run what is built. */
export default function build(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.js'), '--if-stale'], { stdio: 'inherit' });
}
