import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { watchLine } from '../../src/flows/render/watch/lines.js';
import { type Listening, listening, type Running, run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();

/** Starts a watch, and waits until it says that it has taken in what was there. */
async function watching(resource: string, ...flags: readonly string[]): Promise<Running> {
  const watch = keep(start(['inspect-flow', 'watch', resource, ...flags]));
  await watch.printed(flags.includes('--json') ? /"type":"ready"/ : /so far/);
  return watch;
}

const inspect = (resource: string, ...flags: readonly string[]) =>
  run(['inspect-flow', resource, '--quiet', ...flags]);

/** The lines of `--json`, each as the schema has it. */
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => watchLine.parse(JSON.parse(line)));

/** The two servers in processes of their own. */
async function startApart(): Promise<{ readonly as: Listening; readonly rs: Listening }> {
  const as = keep(await listening(start(['as', '--port', '0', '--log-format', 'json'])));
  const rs = keep(
    await listening(start(['rs', '--port', '0', '--auth-server', as.issuer, '--log-format', 'json'])),
  );
  return { as, rs };
}

describe('inspect-flow watch', () => {
  it('shows a client with a client_id and one without beside each other, with the route of each, in 80 columns', async () => {
    const pair = keep(await startPair('--client', 'demo-preset'));
    const watch = await watching(pair.resource);
    await inspect(pair.resource, '--client-id', 'demo-preset');
    await watch.printed(/route +preset: /);
    await inspect(pair.resource);
    await watch.printed(/route +dcr: /);
    const { code, stdout, stderr } = await watch.stop();
    expect(code).toBe(0);
    expect(stdout).toMatch(/ f\d+ .* registration +registers: /);
    expect(stdout).toMatch(/routes: .*1 preset/);
    expect(stdout).not.toContain('\u001b');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr).toContain(`The MCP server ${pair.resource} is watched.`);
    expect(stderr).toContain(`The authorization server ${pair.issuer} is watched.`);
  });

  it('puts together what two processes saw, tells each exchange once, and leaves no flow of its own', async () => {
    const { rs } = await startApart();
    const watch = await watching(rs.resource, '--json');
    await inspect(rs.resource);
    await watch.printed(/"type":"ended"/);
    const { stdout } = await watch.stop();
    const lines = linesOf(stdout);
    const steps = lines.filter((line) => line.type === 'step');
    expect(new Set(steps.map(({ exchange }) => exchange.to))).toEqual(new Set(['as', 'rs']));
    const keys = steps.map(({ exchange: { recorder, number } }) => `${recorder}:${number}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(steps.some(({ exchange }) => exchange.request.headers['user-agent']?.includes('demo-watch'))).toBe(
      false,
    );
    expect(lines.find((line) => line.type === 'ended')).toMatchObject({ route: 'dcr', outcome: 'completed' });
    expect(lines.at(-1)).toMatchObject({ type: 'over', why: 'interrupted' });
  });

  it('goes on when the servers were started anew, and says so once', async () => {
    const flags = ['--log-format', 'json'];
    const first = await startPair();
    const [as, rs] = [new URL(first.issuer).port, new URL(first.resource).port];
    const watch = await watching(first.resource);
    await first.stop();
    await watch.printed(/MCP server \S+ is waited for: nothing listens there/);
    keep(await listening(start(['all', '--as-port', as, '--rs-port', rs, ...flags])));
    await watch.printed(/MCP server \S+ was started anew/);
    await inspect(first.resource);
    await watch.printed(/completed/);
    const { stderr } = await watch.stop();
    expect(stderr.match(/MCP server \S+ is waited for/g)).toHaveLength(1);
  });

  it('waits for a server that is not there yet, and takes the first flow at it for a new one', async () => {
    const free = await startPair();
    await free.stop();
    const [as, rs] = [new URL(free.issuer).port, new URL(free.resource).port];
    const watch = keep(start(['inspect-flow', 'watch', free.resource, '--once', '--wait', '60']));
    await watch.printed(/is waited for/);
    keep(await listening(start(['all', '--as-port', as, '--rs-port', rs, '--log-format', 'json'])));
    await inspect(free.resource);
    expect((await watch.ended).code).toBe(0);
  });
});

describe('inspect-flow watch --once', () => {
  it('ends with the flow, 0 where it is as expected and 3 where not, and writes it in the format of the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-'));
    try {
      const pair = keep(await startPair());
      const file = join(folder, 'flow.json');
      const [good, bad] = await Promise.all([
        watching(pair.resource, '--once', '--expect', 'route=dcr', '--expect', 'register', '--output', file),
        watching(pair.resource, '--once', '--expect', 'route=preset'),
      ]);
      await inspect(pair.resource);
      expect((await good.ended).code).toBe(0);
      const ended = await bad.ended;
      expect(ended.code).toBe(3);
      expect(ended.stderr).toMatch(/not met: route=preset \(seen: dcr\)/);
      const document = flowDocument.parse(JSON.parse(readFileSync(file, 'utf8')));
      expect(document.registration.route).toBe('dcr');
      expect(document.expectations.map(({ met }) => met)).toEqual([true, true]);
      expect(document.watched?.flow).toBe('f1');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('ends with 4 and one line where no flow began in time', async () => {
    const pair = keep(await startPair());
    const { code, stderr } = await run(['inspect-flow', 'watch', pair.resource, '--once', '--wait', '2']);
    expect(code).toBe(4);
    expect(stderr).toContain('no flow began in the time of --wait');
  });

  it('takes no flow that was there before for its own', async () => {
    const pair = keep(await startPair());
    await inspect(pair.resource);
    const watch = keep(start(['inspect-flow', 'watch', pair.resource, '--once', '--wait', '3']));
    const { code, stdout } = await watch.ended;
    expect(code).toBe(4);
    expect(stdout).toMatch(/^1 flow so far/);
    expect(stdout).not.toContain('registration');
  });

  it.each([
    [['--expect', 'route=somehow', '--once'], 'is no route'],
    [['--expect', 'route=dcr'], 'once'],
    [['--once', '--output', 'flow.xyz'], 'does not tell the format'],
    [['--wait', '0'], '--wait'],
    [['--client-id', ' '], 'empty'],
  ])('refuses %j with one line and 2', async (flags, said) => {
    const { code, stdout, stderr } = await run(['inspect-flow', 'watch', 'http://localhost:1/mcp', ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(said);
  });
});

describe('inspect-flow watch --client-id', () => {
  it('says first what the authorization server knows, and tells of this client only, from its first request on', async () => {
    const pair = keep(await startPair('--client', 'demo-preset'));
    const watch = await watching(pair.resource, '--client-id', 'demo-preset');
    expect(watch.stdout()).toMatch(/^demo-preset is configured there \(preset\)/);
    await inspect(pair.resource);
    await inspect(pair.resource, '--client-id', 'demo-preset');
    await watch.printed(/route +preset/);
    const { stdout } = await watch.stop();
    expect(stdout).toContain('asks without token: 401');
    expect(stdout).not.toMatch(/registers: /);
    expect(stdout).toMatch(/^1 flow: /m);
  });

  it('says that an id is not known', async () => {
    const pair = keep(await startPair());
    const watch = await watching(pair.resource, '--client-id', 'nobody');
    expect(watch.stdout()).toContain('does not know this client_id');
  });
});

describe('inspect-flow watch --save', () => {
  it('writes each flow that ended, for its owner alone, and show and diff take it', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'watch-')), 'traces');
    try {
      const pair = keep(await startPair('--client', 'demo-preset'));
      const watch = await watching(pair.resource, '--save', folder);
      await inspect(pair.resource, '--client-id', 'demo-preset');
      await inspect(pair.resource);
      await watch.printed(/route +dcr/);
      await watch.stop();
      const files = readdirSync(folder).map((name) => join(folder, name));
      expect(files.length).toBeGreaterThanOrEqual(2);
      for (const file of files) {
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(JSON.stringify(flowDocument.parse(JSON.parse(readFileSync(file, 'utf8'))))).toBeTruthy();
      }
      expect((await run(['inspect-flow', 'show', files[0]!])).code).toBe(0);
      const { code, stdout } = await run(['inspect-flow', 'diff', files[0]!, files[1]!]);
      expect(code).toBe(3);
      expect(stdout).toMatch(/register/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
