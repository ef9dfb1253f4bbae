import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createMemoryStore, openStore, type Store } from '../../src/as/index.js';
import type { Clock } from '../../src/shared/clock.js';
import { startRedis } from './redis.js';

/** Which store this run is on; the configuration of the faults runs the same tests on more than one. */
const CHOSEN = process.env['MCP_OAUTH_DEMO_TEST_STORE'] ?? 'memory';

/** Whether it is the memory of this process, where nothing takes time. */
export const IN_MEMORY = CHOSEN === 'memory';

const ends: (() => Promise<unknown> | void)[] = [];
let redis: Promise<string> | undefined;

afterAll(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** An empty store of the kind that this run is on. */
export function chosenStore(clock: Clock): Store {
  if (IN_MEMORY) return createMemoryStore(clock);
  if (CHOSEN === 'sqlite') return opened(async () => `sqlite:${join(newFolder(), 'oauth.db')}`, clock);
  if (CHOSEN === 'redis') return opened(() => (redis ??= redisOfThisFile()), clock);
  throw new Error(`MCP_OAUTH_DEMO_TEST_STORE is ${CHOSEN}, and there is no such store`);
}

async function redisOfThisFile(): Promise<string> {
  const server = await startRedis();
  ends.push(() => server.remove());
  return server.url;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-demo-store-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is opened when the first question comes: a world is made in one go, and opening takes a while. */
function opened(where: () => Promise<string>, clock: Clock): Store {
  let opening: Promise<Store> | undefined;
  const open = () => (opening ??= begin());
  const begin = async (): Promise<Store> => {
    // No two worlds have the same issuer, so one finds nothing of another.
    const issuer = `https://${randomUUID()}.example`;
    const { source, close } = await openStore({ store: await where(), issuer, clock });
    ends.push(close);
    return typeof source === 'function' ? source() : source;
  };
  return {
    get: async (...args) => (await open()).get(...args),
    put: async (...args) => (await open()).put(...args),
    add: async (...args) => (await open()).add(...args),
    replace: async (...args) => (await open()).replace(...args),
    take: async (...args) => (await open()).take(...args),
    list: async (...args) => (await open()).list(...args),
    increment: async (...args) => (await open()).increment(...args),
    trim: async (...args) => (await open()).trim(...args),
    close: async () => (await opening)?.close(),
  };
}
