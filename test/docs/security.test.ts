import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { readPage } from './fences.js';

const PAGE = readPage('SECURITY.md');

/** The attacks of RFC 9700 §4, as it numbers and calls them. */
const RFC_9700 = [
  '4.1 Insufficient redirect URI validation',
  '4.2 Credential leakage via Referer headers',
  '4.3 Credential leakage via browser history',
  '4.4 Mix-up attacks',
  '4.5 Authorization code injection',
  '4.6 Access token injection',
  '4.7 Cross-site request forgery',
  '4.8 PKCE downgrade attack',
  '4.9 Access token leakage at the resource server',
  '4.10 Misuse of stolen access tokens',
  '4.11 Open redirection',
  '4.12 307 redirect',
  '4.13 TLS terminating reverse proxies',
  '4.14 Refresh token protection',
  '4.15 Client impersonating resource owner',
  '4.16 Clickjacking',
  '4.17 Attacks on in-browser communication flows',
];

/** The attacks of the page of MCP for 2026-07-28, and what that for 2025-11-25 has beside them. */
const MCP = [
  'Confused Deputy Problem',
  'Token Passthrough',
  'Server-Side Request Forgery (SSRF)',
  'SSRF Against Authorization Servers',
  'State Handle Hijacking',
  'Session Hijacking',
  'Local MCP Server Compromise',
  'OAuth Authorization URL Validation',
  'stdio Transport Security in Proxy Scenarios',
  'Mix-Up Attacks',
  'Localhost Redirect URI Impersonation',
  'CIMD Trust Policies',
  'Scope Minimization',
];

/** Sections 7.1 to 7.14 of OAuth 2.1. */
const OAUTH_2_1 = Array.from({ length: 14 }, (_, index) => `7.${index + 1}`);

interface Row {
  readonly attack: string;
  readonly stops: string;
  readonly tests: string;
  readonly left: string;
}

/** The table below a heading. */
function tableBelow(heading: string): readonly Row[] {
  const [, section = ''] =
    new RegExp(`^### ${heading}$([\\s\\S]*?)(?=^##|(?![\\s\\S]))`, 'm').exec(PAGE) ?? [];
  return [...section.matchAll(/^\| (.+) \|$/gm)]
    .map(([, line]) => line!.split(/(?<!\\) \| /))
    .filter(([first]) => first !== 'attack' && first !== '---')
    .map(([attack = '', stops = '', tests = '', left = '']) => ({ attack, stops, tests, left }));
}

/** What the tests of a file are called. */
function titlesIn(path: string): ReadonlySet<string> {
  const titles = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      for (const argument of node.arguments.slice(0, 2)) {
        if (ts.isStringLiteralLike(argument)) titles.add(argument.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  const text = readFileSync(join(ROOT, path), 'utf8');
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return titles;
}

const all = [
  'RFC 9700, section 4',
  'MCP, security best practices',
  'OAuth 2.1, section 7',
  'What this tool adds',
].flatMap(tableBelow);
const cited = all.flatMap(({ tests }) =>
  [...tests.matchAll(/\[((?:[^\]\\]|\\.)+)\]\((test\/[^)]+)\)/g)].map(([, title, path]) => ({
    title: title!.replaceAll('\\|', '|'),
    path: path!,
  })),
);

describe('the threat model of SECURITY.md', () => {
  it('has every attack of RFC 9700, in its order', () => {
    expect(tableBelow('RFC 9700, section 4').map(({ attack }) => attack)).toEqual(RFC_9700);
  });

  it('has every attack of the security page of MCP', () => {
    expect(tableBelow('MCP, security best practices').map(({ attack }) => attack)).toEqual(MCP);
  });

  it('has every section of the security considerations of OAuth 2.1', () => {
    expect(tableBelow('OAuth 2.1, section 7').map(({ attack }) => attack.split(' ')[0])).toEqual(OAUTH_2_1);
  });

  it('names for each attack what stops it, and a test that shows it, or says that none does', () => {
    const bare = all.filter(
      ({ stops, tests, left }) =>
        stops === '' || !(tests.includes('](test/') || /^Not covered: ./.test(left)),
    );
    expect(bare).toEqual([]);
  });

  const files = [...new Set(cited.map(({ path }) => path))];
  it.each(files)('names tests only that are there, by their title: %s', (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
    const titles = titlesIn(path);
    expect(
      cited.filter((one) => one.path === path && !titles.has(one.title)).map(({ title }) => title),
    ).toEqual([]);
  });
});
