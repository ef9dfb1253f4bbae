import { afterEach, expect, it } from 'vitest';
import { run, type Running, start } from '../support/cli.js';

let all: Running | undefined;
afterEach(async () => {
  await all?.stop('SIGKILL');
});

it('the two logs alone tell what happened, in order, and hold no secret', async () => {
  all = start(['all', '--as-port', '0', '--rs-port', '0', '--client', 'demo-preset']);
  const [, resource] = await all.printed(/MCP server \(RS\) +(\S+)/);
  const { code } = await run(['inspect-flow', resource!, '--client-id', 'never-seen']);
  expect(code).toBe(0);
  await run(['inspect-flow', resource!, '--client-id', 'demo-preset']);
  await run(['inspect-flow', resource!]);
  await all.printed(/route dcr\)[^]*tools\/call/);
  const { stderr } = await all.stop();
  const told = (server: 'AS' | 'RS', first: number, patterns: readonly RegExp[]) => {
    const lines = stderr.split('\n').filter((line) => line.slice(9, 11) === server);
    let at = first;
    for (const pattern of patterns) {
      const next = lines.findIndex((line, index) => index >= at && pattern.test(line));
      expect(next, `${server}: ${pattern} after line ${at} of\n${lines.join('\n')}`).toBeGreaterThanOrEqual(
        0,
      );
      at = next + 1;
    }
  };
  told('RS', 0, [
    /401 challenge: no token/,
    /discovery: protected resource metadata read/,
    /introspection: token [0-9a-f]{8}… is active \(client never-seen, scope user\)/,
    new RegExp(`resource asked for is the one configured: ${resource}`),
    /tools\/call get_time \(MCP 2026-07-28, client never-seen/,
  ]);
  told('AS', 0, [
    /discovery: metadata read at \/\.well-known\/oauth-authorization-server/,
    /client never-seen was not known here and was adopted as a public client, so it skipped \/register/,
    new RegExp(
      `authorization asked for by client never-seen, scope user, resource ${resource},.*route adopted`,
    ),
    /demo_user signed in for client never-seen/,
    /demo_user allowed client never-seen/,
    new RegExp(`token [0-9a-f]{8}… issued to client never-seen by .*audience ${resource}.*route adopted`),
    /introspection for demo-rs: token [0-9a-f]{8}… is active/,
    /client demo-preset,.*route preset: .*skipped \/register/,
    /POST \/register: client .* got client_id/,
    /route dcr: /,
  ]);
  expect(stderr.match(/[\w-]{43,}/g) ?? []).toEqual([]);
});
