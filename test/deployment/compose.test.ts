import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listening, start } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import {
  commandOf,
  freePort,
  makeSecrets,
  readCompose,
  readDeployment,
  readVariables,
  type Service,
  temporaryFolder,
  withValues,
} from './support.js';

const { services, networks, secrets } = readCompose();
const all = Object.entries(services);
const named = (prefix: string) => all.filter(([name]) => name.startsWith(prefix));
const networksOf = ({ networks: of }: Service) => (Array.isArray(of) ? of : Object.keys(of));

const folder = temporaryFolder();
const made = makeSecrets(folder.path, { name: 'alice', password: 'correct-horse' });
afterAll(folder.remove);
const keep = stopAfterEach();

/** Starts a server as compose.yaml does, but on loopback, at a free port, with secrets of this test. */
async function startService(name: string, env: Record<string, string>) {
  const args = commandOf(name).map((arg) => arg.replace('/run/secrets', made));
  const port = await freePort();
  await listening(keep(start(withValues(args, { host: '127.0.0.1', port: String(port) }), { env })));
  return port;
}

describe('compose.yaml', () => {
  it('runs two authorization servers and two MCP servers with the same flags, Redis and nginx', () => {
    expect(Object.keys(services).sort()).toEqual(['as-1', 'as-2', 'nginx', 'redis', 'rs-1', 'rs-2']);
    expect(commandOf('as-1')).toEqual(commandOf('as-2'));
    expect(commandOf('rs-1')).toEqual(commandOf('rs-2'));
  });

  it.each(all)('gives %s no more than it needs, and starts it again when it ends', (_, service) => {
    expect(service).toMatchObject({ read_only: true, restart: 'unless-stopped', cap_drop: ['ALL'] });
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service).not.toHaveProperty('privileged');
    expect(service).not.toHaveProperty('cap_add');
    expect(service.image).not.toMatch(/:latest$/);
  });

  it('opens the ports of nginx only, and lets nobody but the authorization servers reach Redis', () => {
    expect(all.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['nginx']);
    const inStore = all.filter(([, service]) => networksOf(service).includes('store'));
    expect(inStore.map(([name]) => name)).toEqual(['redis', 'as-1', 'as-2']);
    expect(networks['store']).toMatchObject({ internal: true });
    expect(networksOf(services['redis']!)).toEqual(['store']);
  });

  it('has every secret in ./secrets, which make-secrets.sh fills but for the certificate, and none in itself', () => {
    const files = [
      ...Object.values(secrets).map(({ file }) => file),
      ...all.flatMap(([, { env_file = [] }]) => env_file),
    ];
    const missing = [...new Set(files)].filter((file) => !isReadable(join(folder.path, file)));
    expect(missing.sort()).toEqual(['secrets/certificate.key', 'secrets/certificate.pem']);
    expect(JSON.stringify(readCompose())).not.toMatch(/redis:\/\/|password|environment/i);
    expect(readDeployment('Dockerfile.dockerignore')).toMatch(/^\*$/m);
  });

  it('has the servers believe nginx, and nobody else, whose request it is', () => {
    const { networks: of } = services['nginx']!;
    const address = 'front' in of ? of.front!.ipv4_address : undefined;
    for (const [name] of [...named('as-'), ...named('rs-')]) {
      expect(commandOf(name).filter((arg) => arg.startsWith('--trust-proxy'))).toEqual([
        `--trust-proxy=${address}`,
      ]);
    }
  });

  it('waits longer for the end of a server than that takes, which is 25 seconds at most', () => {
    for (const [, service] of [...named('as-'), ...named('rs-')]) {
      expect(Number.parseInt(service.stop_grace_period!, 10)).toBeGreaterThan(25);
    }
  });

  it.each(['as-1', 'rs-1'])('starts %s with flags that it takes, and finds it healthy', async (name) => {
    const variables = readVariables(join(made, name === 'as-1' ? 'as.env' : 'rs.env'));
    const env = name === 'as-1' ? { ...variables, MCP_OAUTH_DEMO_STORE: 'memory' } : variables;
    const port = await startService(name, env);
    const [, program, ...args] = services[name]!.healthcheck.test;
    const probe = (at: number) =>
      new Promise<number | null>((done) => {
        const child = spawn(
          program!,
          args.map((arg) => arg.replace(/:(9000|8001)\//, `:${at}/`)),
          { stdio: 'ignore' },
        );
        child.once('close', done);
      });
    expect(await probe(port)).toBe(0);
    expect(await probe(1)).toBe(1);
  });
});

describe('make-secrets.sh', () => {
  it('makes other secrets each time, hashes of passwords only, and does not touch secrets that are there', () => {
    const again = makeSecrets(join(folder.path, 'again'), { name: 'alice', password: 'correct-horse' });
    for (const file of ['as.env', 'rs.env', 'redis.acl', 'users.json']) {
      expect(readFileSync(join(again, file), 'utf8')).not.toBe(readFileSync(join(made, file), 'utf8'));
    }
    const store = readVariables(join(made, 'as.env'))['MCP_OAUTH_DEMO_STORE']!;
    const password = new URL(store).password;
    expect(password).toMatch(/^[0-9a-f]{64}$/);
    expect(readFileSync(join(made, 'redis.acl'), 'utf8')).not.toContain(password);
    expect(readFileSync(join(made, 'users.json'), 'utf8')).not.toContain('correct-horse');
    expect(() => makeSecrets(folder.path, { name: 'alice', password: 'other' })).toThrow();
  });

  it('gives the MCP servers what the authorization servers expect of them', () => {
    expect(readVariables(join(made, 'rs.env'))['MCP_OAUTH_DEMO_INTROSPECTION_CREDENTIALS']).toBe(
      readVariables(join(made, 'as.env'))['MCP_OAUTH_DEMO_RS_CREDENTIALS'],
    );
  });
});

function isReadable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
