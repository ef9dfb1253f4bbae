/** A package of the lockfile, as far as its licence is concerned. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** A package that ships: that a user gets with `npm install`. */
export interface Shipped {
  /** below the project, as `node_modules/hono` */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** an expression of SPDX; empty where the package tells none */
  readonly licence: string;
  readonly optional: boolean;
}

/**
 * Licences under which a package may be used, changed and passed on in a program under MIT, with no more asked than to keep the
 * notice (and for Apache-2.0 to say what was changed).
 */
export const ALLOWED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
];

/** What ships, by name and version, each once. */
export function shippedIn(packages: Readonly<Record<string, LockedPackage>>): readonly Shipped[] {
  const shipped = Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version = '', license = '', optional = false }]) => ({
      path,
      name: path.replace(/^.*node_modules\//, ''),
      version,
      licence: license,
      optional,
    }));
  return [...new Map(shipped.map((one) => [`${one.name} ${one.version}`, one])).values()].sort((a, b) =>
    `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1,
  );
}

/** Whether one of the choices that an expression gives is made of allowed licences only. */
export function isAllowed(expression: string): boolean {
  return expression
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ALLOWED.includes(licence)));
}

/** The page that lists every package that ships, with its licence. */
export function licencesPage(shipped: readonly Shipped[]): string {
  const counts = new Map<string, number>();
  for (const { licence } of shipped) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const byCount = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return `# Licences

mcp-oauth-demo is under the [MIT licence](../LICENSE). This is what comes with it by \`npm install\`: the packages that it
stands on, and those that these stand on, with version and licence as they tell them. What is only for its development is
not here. Each package brings the text of its licence in its own folder.

The page is written from the lockfile (\`npm run licences\`). A test fails if it is not what the lockfile says, if a
package tells another licence than the lockfile has, or if one has a licence that is none of these: ${ALLOWED.join(', ')}.

| licence | packages |
| --- | --- |
${byCount.map(([licence, count]) => `| ${licence} | ${count} |`).join('\n')}

## The packages

| package | version | licence |
| --- | --- | --- |
${shipped.map(({ name, version, licence, optional }) => `| [${name}](https://www.npmjs.com/package/${name})${optional ? ' (optional)' : ''} | ${version} | ${licence} |`).join('\n')}
`;
}
