import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { carelessPair, serve, type Served } from './careless-pair.js';
import { ACCESS_TOKEN, CODE } from './support.js';

const servers: Pick<Served, 'close'>[] = [];
const keep = stopAfterEach();

afterEach(async () => {
  servers.splice(0).forEach((server) => server.close());
});

async function served(answer: Parameters<typeof serve>[0]): Promise<string> {
  const server = await serve(answer);
  servers.push(server);
  return server.origin;
}

/** A port that takes connections and never says a word. */
async function silentPort(): Promise<string> {
  const server = createServer();
  servers.push({ close: () => server.close() });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not bound');
  return `http://127.0.0.1:${bound.port}/mcp`;
}

/** What every end but a good one leaves on stderr: one line that begins with the name of the command. */
function lineOf(stderr: string): string {
  const [, line] = /^mcp-oauth-demo inspect-flow: ([^\n]+)\n$/.exec(stderr) ?? [];
  expect(line, stderr).toBeDefined();
  return line!;
}

describe('inspect-flow ends with one line on stderr and', () => {
  it('3, where the tool was reached and a MUST was broken', async () => {
    const origin = await served(carelessPair);
    const { code, stdout, stderr } = await run([
      'inspect-flow',
      `${origin}/mcp`,
      '--client-id',
      'known',
      '--call',
      'tool_1',
    ]);
    expect(code).toBe(3);
    expect(lineOf(stderr)).toMatch(/a MUST was broken: as\.token-no-store$/);
    expect(stdout).toContain('tool_1 was called');
  });

  it('1 with the step and the reason, where the flow failed', async () => {
    const pair = keep(await startPair('--user', 'alice:correct-horse-1'));
    const args = [
      'inspect-flow',
      pair.resource,
      '--username',
      'alice',
      '--password',
      'wrong-horse-1',
      '--json',
    ];
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(1);
    expect(lineOf(stderr)).toMatch(
      /^the flow failed at authorization: the login was refused \(".*(wrong|not right).*"\)/i,
    );
    expect(flowDocument.parse(JSON.parse(stdout)).outcome).toBe('failed');
    expect(stdout + stderr).not.toContain('wrong-horse-1');
  });

  it('4 with what is wrong and what to start, where nothing answers', async () => {
    const closed = await serve(carelessPair);
    closed.close();
    const { code, stderr } = await run(['inspect-flow', `${closed.origin}/mcp`]);
    expect(code).toBe(4);
    expect(lineOf(stderr)).toMatch(/nothing listens there \(ECONNREFUSED\); .*npx mcp-oauth-demo all/);
  });

  it('2 and the flags that contradict each other, without the password', async () => {
    const { code, stderr } = await run(['inspect-flow', '--no-browser', '--password', 'correct-horse-1']);
    expect(code).toBe(2);
    expect(lineOf(stderr)).toMatch(/--no-browser.*--password/);
    expect(stderr).not.toContain('correct-horse');
  });

  it.each([
    [
      ['--call', 'tool', '--args', '{"city"'],
      `--args: must be a JSON object, as in --args '{"city":"Bern"}'`,
    ],
    [['--call', 'tool', '--args', '[1]'], `--args: must be a JSON object, as in --args '{"city":"Bern"}'`],
    [
      ['--resource', 'https://mcp.example/#part'],
      '--resource: must be an http or https URL without fragment, user name and password',
    ],
    [
      ['http://alice:correct-horse-1@127.0.0.1/mcp'],
      'http://127.0.0.1/mcp must not carry user name or password (see --help)',
    ],
  ])('2 and what is allowed, by the name of the flag as it was given: %s', async (flags, line) => {
    const { code, stderr } = await run(['inspect-flow', ...flags]);
    expect({ code, line: lineOf(stderr) }).toEqual({ code: 2, line });
  });
});

describe('Ctrl-C', () => {
  it('ends inspect-flow within a second with 130 and what was seen, while a server keeps silent', async () => {
    const flow = keep(start(['inspect-flow', await silentPort()]));
    await flow.printed(/1 {2}Challenge/);
    await pause(100);
    const before = performance.now();
    const { code, stdout, stderr } = await flow.stop();
    expect(code).toBe(130);
    expect(performance.now() - before).toBeLessThan(1000);
    expect(stdout).toMatch(/POST http.*Verdict/s);
    expect(lineOf(stderr)).toBe('interrupted at challenge');
  });

  it('has the same effect by SIGTERM', async () => {
    const flow = keep(start(['inspect-flow', await silentPort()]));
    await flow.printed(/1 {2}Challenge/);
    const { code, stdout, stderr } = await flow.stop('SIGTERM');
    expect(code).toBe(130);
    expect(stdout).toContain('Verdict');
    expect(lineOf(stderr)).toBe('interrupted at challenge');
  });

  it('ends it while it waits for the browser, with the steps so far in the document', async () => {
    const pair = keep(await startPair());
    const flow = keep(start(['inspect-flow', pair.resource, '--no-browser', '--json']));
    await flow.printed(/To sign in, open\s+http\S+/);
    const { code, stdout, stderr } = await flow.stop();
    expect(code).toBe(130);
    expect(stderr).toMatch(/mcp-oauth-demo inspect-flow: interrupted at authorization\n$/);
    const { steps, registration } = flowDocument.parse(JSON.parse(stdout));
    expect(registration.register_called).toBe(true);
    expect(steps.map(({ id, outcome }) => `${id} ${outcome}`)).toContain('registration done');
  });
});

describe('the document of --json', () => {
  it('is complete for a reader that is slow, and larger than a pipe', async () => {
    const origin = await served(carelessPair);
    const flow = keep(
      start(['inspect-flow', `${origin}/mcp`, '--client-id', 'known', '--call', 'tool_1', '--json']),
    );
    flow.child.stdout?.pause();
    await pause(1500);
    flow.child.stdout?.resume();
    const { stdout } = await flow.ended;
    expect(stdout.length).toBeGreaterThan(100_000);
    expect(flowDocument.parse(JSON.parse(stdout)).outcome).toBe('completed');
    for (const secret of [ACCESS_TOKEN, CODE]) expect(stdout).not.toContain(secret);
  });

  it('may be left in the middle by its reader', async () => {
    const origin = await served(carelessPair);
    const flow = keep(
      start(['inspect-flow', `${origin}/mcp`, '--client-id', 'known', '--call', 'tool_1', '--json']),
    );
    flow.child.stdout?.once('data', () => flow.child.stdout?.destroy());
    const { code, stderr } = await flow.ended;
    expect(code).toBe(3);
    expect(lineOf(stderr)).toContain('as.token-no-store');
  });
});
