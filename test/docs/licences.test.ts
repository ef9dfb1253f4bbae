import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { isAllowed, licencesPage, type LockedPackage, shippedIn } from './licences-page.js';

const read = <T>(path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as T;

const { packages } = read<{ packages: Record<string, LockedPackage> }>('package-lock.json');
const shipped = shippedIn(packages);

describe('what ships', () => {
  it('is on docs/licences.md as it is in the lockfile (npm run licences writes it)', async () => {
    await expect(licencesPage(shipped)).toMatchFileSnapshot('../../docs/licences.md');
  });

  it('has every dependency of package.json', () => {
    const { dependencies } = read<{ dependencies: Record<string, string> }>('package.json');
    expect(shipped.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  });

  it('has licences only that are allowed', () => {
    expect(shipped.filter(({ licence }) => !isAllowed(licence))).toEqual([]);
  });

  it('has the licence that each package tells of itself', () => {
    const installed = shipped.filter(({ path }) => existsSync(join(ROOT, path, 'package.json')));
    const other = installed.filter(
      ({ path, licence }) => read<{ license?: string }>(join(path, 'package.json')).license !== licence,
    );
    expect(other).toEqual([]);
    // What is not for this machine's platform is left out by npm.
    expect(shipped.filter((one) => !installed.includes(one) && !one.optional)).toEqual([]);
  });
});

describe('a licence is allowed', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only', false],
    ['UNLICENSED', false],
    ['', false],
  ])('if a choice of it is: %s, %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});
