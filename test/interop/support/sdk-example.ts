import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../../support/cli.js';

const EXAMPLE = join(
  ROOT,
  'node_modules/@modelcontextprotocol/sdk/dist/esm/examples/server/simpleStreamableHttp.js',
);
const PRELOAD = join(ROOT, 'test/interop/support/keep-on-this-machine.mjs');

export interface SdkExample {
  /** URL of the MCP endpoint */
  readonly resource: string;
  /** of the authorization server that it names */
  readonly issuer: string;
  stop(): Promise<void>;
}

interface SdkExampleOptions {
  readonly flags?: readonly string[];
  /** where another authorization server than its own listens */
  readonly foreignAuthorizationServerPort?: string;
}

/** Starts the example servers of the TypeScript SDK as their package has them: an MCP server, and an authorization server. */
export async function startSdkExample({
  flags = [],
  foreignAuthorizationServerPort,
}: SdkExampleOptions = {}): Promise<SdkExample> {
  const port = await freePort();
  const authPort = foreignAuthorizationServerPort ?? String(await freePort());
  const child = spawn(process.execPath, ['--import', PRELOAD, EXAMPLE, '--oauth', ...flags], {
    env: {
      PATH: process.env['PATH'],
      MCP_PORT: String(port),
      MCP_AUTH_PORT: authPort,
      ...(foreignAuthorizationServerPort !== undefined && { LEAVE_AUTH_PORT: '1' }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await new Promise<void>((done, fail) => {
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes(`listening on port ${port}`)) done();
    });
    void ended.then(() => fail(new Error(`the example ended:\n${output}`)));
  });
  return {
    resource: `http://localhost:${port}/mcp`,
    issuer: `http://localhost:${authPort}/`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
