import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../shared/http/json.js';
import { systemRandom } from '../shared/random.js';
import { type CredentialStore, keptCredentials } from '../shared/oauth/kept-credentials.js';

const VERSION = z.literal(1);
const credentialsFile = keptCredentials.extend({ version: VERSION });
const targetFile = z.object({ version: VERSION, target: z.string(), issuer: z.string() });

/**
 * Keeps credentials as files, one for each issuer and one for each MCP server, readable by their user only. The names are
 * hashes, so nothing that a server calls itself becomes part of a path.
 *
 * @param folder is made when something is kept first
 * @param say tells the user of a file that can't be used
 */
export function credentialsIn(folder: string, say: (line: string) => void): CredentialStore {
  const issuerPath = (issuer: string) => join(folder, 'issuers', `${hashOf(issuer)}.json`);
  const targetPath = (target: string) => join(folder, 'servers', `${hashOf(target)}.json`);

  async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await textOf(path);
    if (text === undefined) return undefined;
    const parsed = schema.safeParse(typeof text === 'string' ? parseJson(text) : undefined);
    if (parsed.success) return parsed.data;
    say(`${path} cannot be read as what this program keeps there; it goes on without it`);
    return undefined;
  }

  return {
    async get(issuer) {
      const kept = await read(issuerPath(issuer), credentialsFile);
      // A file that was copied or renamed is not for this issuer.
      return kept?.issuer === issuer ? kept : undefined;
    },
    put: (credentials) =>
      write(folder, issuerPath(credentials.issuer), { version: 1, ...keptCredentials.parse(credentials) }),
    delete: (issuer) => rm(issuerPath(issuer), { force: true }),
    async issuerOf(target) {
      const kept = await read(targetPath(target), targetFile);
      return kept?.target === target ? kept.issuer : undefined;
    },
    putIssuer: (target, issuer) => write(folder, targetPath(target), { version: 1, target, issuer }),
  };
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** @returns undefined if there is no such file, null if there is one that can't be read */
async function textOf(path: string): Promise<string | null | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : null;
  }
}

/** Whoever reads at the same time sees the old file or the new one, and never half of one. */
async function write(folder: string, path: string, content: object): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  // The folder may be older than this program's care for it.
  for (const each of [folder, join(path, '..')]) await chmod(each, 0o700);
  const unfinished = `${path}.${systemRandom.token(9)}.tmp`;
  try {
    await writeFile(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
