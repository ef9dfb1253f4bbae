import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { standInBrowser } from './browser-stand-in.js';

/** A foreign program's own home folder, with a browser that it may open. */
export interface Household {
  readonly folder: string;
  readonly browser: Awaited<ReturnType<typeof standInBrowser>>;
  end(): Promise<void>;
}

/** Sets one up; nothing that a program keeps outlives {@link Household.end}. */
export async function newHousehold(): Promise<Household> {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-demo-interop-'));
  const browser = await standInBrowser(folder);
  return {
    folder,
    browser,
    end: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 *
 * @param onOutput is called with all of stdout so far, whenever there is more
 */
export function runProgram(
  command: string,
  args: readonly string[],
  {
    env,
    milliseconds,
    onOutput = () => undefined,
  }: {
    env: Readonly<Record<string, string>>;
    milliseconds: number;
    onOutput?: (stdout: string, child: ChildProcess) => void;
  },
): Promise<ProgramEnd> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: milliseconds });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), onOutput(stdout, child)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
}

/** The values of the named members in every JSON file below a folder, JSON in strings included: what a program stored. */
export function storedValues(folder: string, members: readonly string[]): Readonly<Record<string, string[]>> {
  const found: Record<string, string[]> = Object.fromEntries(members.map((member) => [member, []]));
  const look = (value: unknown): void => {
    if (typeof value === 'string' && value.startsWith('{')) return look(JSON.parse(value));
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === 'string' && name in found) found[name]!.push(inner);
      look(inner);
    }
  };
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile() && entry.name.endsWith('.json')))
    look(JSON.parse(readFileSync(join(file.parentPath, file.name), 'utf8')));
  return found;
}
