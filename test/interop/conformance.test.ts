import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { PROGRAMS, programPath } from './support/packages.js';
import { type Household, newHousehold, runProgram } from './support/program.js';
import { signIn } from './support/sign-in.js';

let node: string;
let suite: string;
let pair: Listening;
let household: Household;

beforeAll(async () => {
  node = await programPath(PROGRAMS.node);
  suite = await programPath(PROGRAMS.conformance);
});

beforeEach(async () => {
  household = await newHousehold();
});

afterEach(async () => {
  await pair.stop();
  await household.end();
});

/** The suite takes no port 0, so one is looked for that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  await new Promise((closed) => server.close(closed));
  return address.port;
}

async function authorizationMode(port: number): Promise<{ code: number | null; stdout: string }> {
  let user: Promise<Response> | undefined;
  const ended = runProgram(
    node,
    [suite, 'authorization', '--url', pair.issuer, '--resource', pair.resource].concat([
      '--client-id',
      'conformance',
      '--port',
      String(port),
      '--output-dir',
      household.folder,
    ]),
    {
      env: { ...household.browser.env },
      milliseconds: 60_000,
      onOutput: (stdout, child) => {
        const url = /^(https?:\/\/\S+[?&]response_type=code\S*)\n/m.exec(stdout)?.[1];
        if (url === undefined || user !== undefined) return;
        user = signIn(url).then((redirect) => fetch(redirect));
        // The suite waits five minutes for its user.
        user.catch(() => child.kill());
      },
    },
  );
  const { code, stdout } = await ended;
  await user;
  return { code, stdout };
}

/** Every check that the suite made, and what came of it; its summary on stdout keeps warnings and skips to itself. */
function checksIn(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('checks.json'))
    .flatMap(
      (path) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as { id: string; status: string }[],
    )
    .map(({ id, status }) => [id, status] as const)
    .sort(([one], [other]) => one.localeCompare(other));
}

describe(`${PROGRAMS.conformance.spec}, mode authorization`, () => {
  it.each([
    ['opaque tokens', []],
    ['JWTs signed with ES256', ['--token-format=jwt']],
    ['JWTs signed with RS256', ['--token-format=jwt', '--signing-alg=RS256']],
  ])(
    'with %s passes whole: metadata, and the code grant of a preset client for the MCP server',
    async (_format, flags) => {
      const port = await freePort();
      pair = await startPair('--client', `conformance=http://127.0.0.1:${port}/callback`, ...flags);
      const { code, stdout } = await authorizationMode(port);
      expect(checksIn(household.folder), stdout).toEqual([
        ['authorization-code-grant', 'SUCCESS'],
        ['authorization-server-metadata', 'SUCCESS'],
        ['authorization-server-metadata-cimd', 'SUCCESS'],
      ]);
      expect(code).toBe(0);
    },
  );
});
