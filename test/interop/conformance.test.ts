import { createServer } from 'node:http';
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

describe(`${PROGRAMS.conformance.spec}, mode authorization`, () => {
  it('passes: metadata, and the code grant of a preset client for the MCP server', async () => {
    const port = await freePort();
    pair = await startPair('--client', `conformance=http://127.0.0.1:${port}/callback`);
    const { code, stdout } = await authorizationMode(port);
    const totals = [...stdout.matchAll(/^\W*(authorization-\S+): (\d+) passed, (\d+) failed/gm)].map(
      ([, scenario, passed, failed]) => ({ scenario, passed: Number(passed), failed: Number(failed) }),
    );
    expect(totals, stdout).toEqual([
      { scenario: 'authorization-server-metadata-endpoint', passed: 1, failed: 0 },
      { scenario: 'authorization-code-grant', passed: 1, failed: 0 },
    ]);
    expect(code).toBe(0);
  });
});
