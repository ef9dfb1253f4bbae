import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { ROOT } from '../support/cli.js';

/** Where the files are that docs/deployment.md tells of. */
export const DEPLOYMENT = join(ROOT, 'docs/deployment');

/** One of these files. */
export function readDeployment(name: string): string {
  return readFileSync(join(DEPLOYMENT, name), 'utf8');
}

/** Whether a program is on the PATH; where nothing may be skipped (CI=true) one that is missing is a fault of the set-up. */
export function isInstalled(program: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
  if (!found && process.env['CI']) throw new Error(`${program} is not installed`);
  return found;
}

/** A folder that the tests of this file may write to, as `make` fills it; `remove` takes it away. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'deployment-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Makes `secrets` in a folder with the script of the deployment, for one user.
 *
 * @returns where they are
 */
export function makeSecrets(
  folder: string,
  user: { readonly name: string; readonly password: string },
): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(DEPLOYMENT, 'make-secrets.sh'), join(folder, 'make-secrets.sh'));
  execFileSync('./make-secrets.sh', [user.name], {
    cwd: folder,
    input: `${user.password}\n`,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return join(folder, 'secrets');
}

/** The variables in a file that `env_file` and `EnvironmentFile` take. */
export function readVariables(path: string): Record<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  restart: z.string(),
  user: z.string().optional(),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  env_file: z.array(z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  networks: z.union([
    z.array(z.string()),
    z.record(
      z.string(),
      z.object({ ipv4_address: z.string().optional(), aliases: z.array(z.string()).optional() }),
    ),
  ]),
  healthcheck: z.object({ test: z.array(z.string()), interval: z.string(), timeout: z.string() }).loose(),
});

const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

/** One of the containers of compose.yaml. */
export type Service = z.infer<typeof service>;

/** compose.yaml, as Compose understands it. */
export function readCompose(): z.infer<typeof composeFile> {
  return composeFile.parse(parse(readDeployment('compose.yaml'), { merge: true }));
}

/** The command of a service of compose.yaml. @throws Error if it has none */
export function commandOf(name: string): readonly string[] {
  const command = readCompose().services[name]?.command;
  if (command === undefined) throw new Error(`${name} has no command in compose.yaml`);
  return command;
}

/** Arguments as they are, but for those of these flags (in the form `--flag=value`), which get another value. */
export function withValues(
  args: readonly string[],
  values: Readonly<Record<string, string>>,
): readonly string[] {
  const missing = Object.keys(values).filter((flag) => !args.some((arg) => arg.startsWith(`--${flag}=`)));
  if (missing.length > 0) throw new Error(`no --${missing.join(', --')} in ${args.join(' ')}`);
  return args.map((arg) => {
    const [, flag = ''] = /^--([\w-]+)=/.exec(arg) ?? [];
    return values[flag] === undefined ? arg : `--${flag}=${values[flag]}`;
  });
}

/** Writes a text to a file and gives its path back. */
export function written(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** A port of 127.0.0.1 that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
