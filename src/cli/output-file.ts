import { constants } from 'node:fs';
import { access, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../shared/configuration-error.js';
import { systemRandom } from '../shared/random.js';

/** A file that a result will be written to. */
export interface OutputFile {
  /**
   * Writes the whole text, or leaves the file as it was.
   *
   * @returns whether it took the place of an earlier file
   */
  write(text: string): Promise<{ readonly replaced: boolean }>;
}

/** As the shell makes files: for everybody to read, less what the umask takes away. */
const NEW_FILE_MODE = 0o666;

/**
 * Makes sure that a file can be written, before the work begins whose result it shall hold. Nothing is left behind by
 * that. A file that is there will be replaced as a whole; a device or a pipe is written to as it is.
 *
 * @param option the option that named the file
 * @throws ConfigurationError that says why it can't be written
 */
export async function prepareOutputFile(option: string, path: string): Promise<OutputFile> {
  try {
    return await prepared(path);
  } catch (error) {
    throw new ConfigurationError(option, `cannot write ${path}: ${whyNot(error)}`);
  }
}

async function prepared(path: string): Promise<OutputFile> {
  const there = await stat(path).catch(orNothing);
  if (there?.isDirectory()) throw new Error('it is a directory');
  if (there) await access(path, constants.W_OK);
  if (there && !there.isFile()) {
    return {
      async write(text) {
        await writeFile(path, text);
        return { replaced: false };
      },
    };
  }
  // A link stays a link: what it leads to is replaced.
  const place = there ? await realpath(path) : path;
  const mode = there ? there.mode & 0o777 : NEW_FILE_MODE;
  await withDraft(place, mode, async () => undefined);
  return {
    async write(text) {
      const replaced = (await stat(place).catch(orNothing)) !== undefined;
      await withDraft(place, mode, async (draft, handle) => {
        await handle.writeFile(text);
        if (there) await handle.chmod(mode);
        await rename(draft, place);
      });
      return { replaced };
    },
  };
}

/** Opens a file beside the one that is meant, which nobody else can have made, and takes it away if it is still there. */
async function withDraft(
  place: string,
  mode: number,
  use: (draft: string, handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(place), `.${systemRandom.token(12)}.tmp`);
  const handle = await open(draft, 'wx', mode);
  try {
    await use(draft, handle);
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

/** A file that is not there yet is no fault; one that can't be looked at is. */
function orNothing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}

const CODE_IN_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EISDIR: 'it is a directory',
  ENXIO: 'nobody is at its other end to read',
  ENOTDIR: 'a part of the path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'the links lead in a circle',
};

/** Why a file cannot be written, in words. */
export function whyNot(error: unknown): string {
  const code = codeOf(error);
  const words = code === undefined ? undefined : CODE_IN_WORDS[code];
  if (words !== undefined) return `${words} (${code})`;
  return code ?? (error instanceof Error ? error.message : String(error));
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
