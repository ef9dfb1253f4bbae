import { expect } from 'vitest';
import { fingerprint } from '../../../src/shared/secret.js';
import type { Listening } from '../../support/cli.js';

/** What the log of the pair says of the clients that went through. */
export interface Evidence {
  /** of every code that was redeemed, in order */
  readonly routes: readonly unknown[];
  /** how often POST /register was called, with whatever result */
  readonly registerRequests: number;
  /** the eras in which get_time was called */
  readonly eras: readonly unknown[];
}

/**
 * Reads the log once it holds the given number of tool calls; it comes from another process, and may lag behind.
 *
 * @param pair started with --verbose, since that tells of every request
 */
export async function evidenceOf(pair: Listening, { calls = 1 } = {}): Promise<Evidence> {
  const call = String.raw`^(?=.*"kind":"mcp\.request")(?=.*"name":"get_time").*$`;
  await pair.printed(new RegExp(`(?:${call}[\\s\\S]*?){${calls}}`, 'm'));
  const events = pair.events();
  const of = (kind: string) => events.filter((event) => event['kind'] === kind);
  return {
    routes: of('token.issued')
      .filter((event) => event['grant_type'] === 'authorization_code')
      .map((event) => event['route']),
    registerRequests: of('request.served').filter(
      (event) => event['method'] === 'POST' && event['path'] === '/register',
    ).length,
    eras: of('mcp.request')
      .filter((event) => event['name'] === 'get_time')
      .map((event) => event['era']),
  };
}

/** Something as long as a token of 256 bits, which nothing in the log has a reason to be. */
const LONG_RANDOM = /[\w-]{43,}/g;

/**
 * Holds everything that the pair printed against values that it must not print, and against what looks like one.
 *
 * @param codes authorization codes that it issued
 * @param accessTokens tokens that it issued and introspected; their fingerprints must be there
 * @param others whatever else is secret, e.g. refresh tokens
 */
export function expectNoSecretPrinted(
  pair: Listening,
  {
    codes,
    accessTokens,
    others = [],
  }: { codes: readonly string[]; accessTokens: readonly string[]; others?: readonly string[] },
): void {
  const printed = pair.stdout() + pair.stderr();
  for (const secret of [...codes, ...accessTokens, ...others]) {
    expect(secret.length).toBeGreaterThan(20);
    expect(printed).not.toContain(secret);
  }
  for (const token of accessTokens) expect(printed).toContain(fingerprint(token));
  expect(printed.match(LONG_RANDOM) ?? []).toEqual([]);
}
