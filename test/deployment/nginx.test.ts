import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateForLoopback } from '../support/certificate.js';
import { nginxConfiguration } from './nginx.js';
import { commandOf, isInstalled, readCompose, readDeployment, temporaryFolder } from './support.js';

const text = readDeployment('nginx.conf');
/** The values of a directive, in the order of the file. */
const valuesOf = (directive: string) =>
  [...text.matchAll(new RegExp(`^\\s*${directive} ([^;]+);`, 'gm'))].map(([, value]) => value);

describe('nginx.conf', () => {
  const folder = temporaryFolder();
  let certificate: { cert: string; key: string };
  beforeAll(async () => {
    certificate = await certificateForLoopback();
  });
  afterAll(folder.remove);

  it.skipIf(!isInstalled('nginx'))('is accepted by nginx, with other names, addresses and paths', () => {
    const configuration = nginxConfiguration({
      folder: folder.path,
      certificate,
      ports: { plain: 18080, as: 18443, mcp: 18444 },
      upstreams: { as: ['127.0.0.1:1', '127.0.0.1:2'], mcp: ['127.0.0.1:3', '127.0.0.1:4'] },
      unlimited: '127.0.0.1',
    });
    // Throws for anything but 0.
    execFileSync('nginx', ['-t', '-q', '-p', folder.path, '-c', configuration, '-g', 'error_log stderr;'], {
      stdio: 'pipe',
    });
  });

  it('leads to the addresses that compose.yaml gives the servers, at the ports that they listen on', () => {
    const { services } = readCompose();
    const addressOf = (name: string) => {
      const networks = services[name]!.networks;
      const front = 'front' in networks ? networks.front : undefined;
      const port = commandOf(name)
        .find((arg) => arg.startsWith('--port='))!
        .slice('--port='.length);
      return `${front!.ipv4_address}:${port}`;
    };
    const upstreams = [...text.matchAll(/^ {2}server ([\d.:]+) /gm)].map(([, address]) => address);
    expect(upstreams).toEqual(['as-1', 'as-2', 'rs-1', 'rs-2'].map(addressOf));
  });

  it('sets the headers that tell of the client, and appends to none', () => {
    expect(valuesOf('proxy_set_header')).toEqual([
      'Host $host',
      'X-Forwarded-For $remote_addr',
      'X-Forwarded-Proto $scheme',
      "X-Forwarded-Host ''",
      "Forwarded ''",
      "X-Real-IP ''",
      "Connection ''",
    ]);
    expect(text).not.toMatch(/proxy_add_x_forwarded_for;/);
  });

  it('never sends a POST a second time that was sent', () => {
    expect(valuesOf('proxy_next_upstream')).toEqual(['error timeout']);
  });

  it('gives idle connections to the servers up before they do, which is after five seconds', () => {
    const seconds = [...text.matchAll(/^ {2}keepalive_timeout (\d+)s;/gm)].map(([, value]) => Number(value));
    expect(seconds).toHaveLength(2);
    for (const value of seconds) expect(value).toBeLessThan(5);
  });

  it('lets streams of the MCP servers through as they come', () => {
    expect(valuesOf('proxy_buffering')).toEqual(['off']);
  });
});
