import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instructions } from '../deployment/dockerfile.js';
import { freePort, readDeployment, temporaryFolder } from '../deployment/support.js';
import { listening, ROOT, startNode } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

/**
 * Goes through the Dockerfile as Docker does, with folders in place of file systems: what is copied, installed and built is
 * real; the base image, its user and its network are not.
 */
function build(folder: string): string {
  const stages = new Map<string, string>();
  const context = join(folder, 'context');
  for (const name of sentToDocker()) {
    cpSync(join(ROOT, name), join(context, name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  }
  let root = '';
  let place = '';
  const variables: Record<string, string> = {};
  for (const { name, value } of instructions()) {
    if (name === 'FROM') {
      root = join(folder, `stage-${stages.size}`);
      stages.set(/ AS (\w+)$/.exec(value)?.[1] ?? 'final', root);
      mkdirSync(root);
    } else if (name === 'WORKDIR') {
      place = join(root, value);
      mkdirSync(place, { recursive: true });
    } else if (name === 'ENV') {
      const [key = '', text = ''] = value.split('=');
      variables[key] = text;
    } else if (name === 'COPY') {
      copy(value.split(' '), { context, stages, place });
    } else if (name === 'RUN') {
      const command = value.replaceAll(' /', ` ${root}/`);
      // There is no user `node` here.
      execFileSync('sh', ['-c', `chown() { :; }; ${command}`], {
        cwd: place,
        env: { ...process.env, ...variables, npm_config_prefer_offline: 'true' },
        stdio: 'pipe',
      });
    }
  }
  return root;
}

/** What the file beside the Dockerfile lets through. */
function sentToDocker(): readonly string[] {
  const lines = readDeployment('Dockerfile.dockerignore').split('\n');
  return lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
}

interface Places {
  readonly context: string;
  readonly stages: ReadonlyMap<string, string>;
  readonly place: string;
}

function copy(words: readonly string[], { context, stages, place }: Places): void {
  const [, stage] = /^--from=(\w+)$/.exec(words[0]!) ?? [];
  const [sources, target] = [words.slice(stage === undefined ? 0 : 1, -1), words.at(-1)!];
  for (const source of sources) {
    const from = stage === undefined ? join(context, source) : join(stages.get(stage)!, source);
    const isFolder = target.endsWith('/');
    cpSync(from, isFolder ? join(place, target, from.split('/').at(-1)!) : join(place, target), {
      recursive: true,
    });
  }
}

const keep = stopAfterEach();

describe('the image that the Dockerfile makes', () => {
  const folder = temporaryFolder();
  let root: string;
  beforeAll(() => {
    root = build(folder.path);
  }, 300_000);
  afterAll(folder.remove);

  const entrypoint = () => {
    const { value } = instructions().find(({ name }) => name === 'ENTRYPOINT')!;
    const [program, ...args] = JSON.parse(value) as string[];
    expect(program).toBe('node');
    return args.map((arg) => join(root, arg));
  };

  it('holds the program, what it needs to run, and the folder for a store', () => {
    expect(readdirSync(join(root, 'app')).sort()).toEqual(
      [
        '.npmrc',
        'bin',
        'dist',
        'node_modules',
        'oclif.manifest.json',
        'package-lock.json',
        'package.json',
      ].sort(),
    );
    expect(existsSync(join(root, 'app/node_modules/hono'))).toBe(true);
    expect(existsSync(join(root, 'app/node_modules/vitest'))).toBe(false);
    expect(existsSync(join(root, 'data'))).toBe(true);
    expect(readFileSync(join(root, 'app/bin/run.js'), 'utf8')).toMatch(/^#!/);
  });

  it('starts both servers, and finds them healthy at the ports that it asks', async () => {
    const { value } = instructions().find(({ name }) => name === 'HEALTHCHECK')!;
    const [program, ...args] = JSON.parse(value.slice(value.indexOf('CMD ') + 4)) as string[];
    const [as, rs] = [await freePort(), await freePort()];
    const check = () =>
      spawnSync(
        program!,
        args.map((arg) => arg.replace('[9000, 8001]', `[${as}, ${rs}]`)),
      ).status;
    expect(check()).toBe(1);
    const flags = ['--log-format', 'json', '--port'];
    const running = keep(startNode([...entrypoint(), 'rs', ...flags, String(rs)]));
    await listening(running);
    expect(check()).toBe(0);
    await running.stop('SIGTERM');
    await listening(keep(startNode([...entrypoint(), 'as', ...flags, String(as)])));
    expect(check()).toBe(0);
  });
});
