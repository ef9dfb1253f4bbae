import { closeSync, constants, fstatSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs';

/** Readable for the owner only: it says who did what. */
const MODE = 0o600;

/** Never waits: not for a reader of a pipe, when it is opened, nor for room in it, when it is written to. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/** How often it is looked whether the file was moved away, in milliseconds. */
const LOOK_MILLISECONDS = 1000;

/** How many lines wait while they cannot be written; the oldest go. */
const MAX_WAITING = 1000;

/** What a file of lines tells of. */
export interface LineFileOptions {
  readonly path: string;
  /** monotonic */
  readonly milliseconds: () => number;
  /** A line could not be written; told once, until lines can be written again. */
  readonly onFailure: (thrown: unknown) => void;
  /** Lines are written again. @param lost how many never will be */
  readonly onRecovery: (lost: number) => void;
  /** A try failed. @param lost how many lines had to go for it: 0, or 1 */
  readonly onFailedTry: (lost: number) => void;
}

/** A file that lines are added to. */
export interface LineFile {
  /**
   * Adds a line. When this is over it is with the operating system, or waits, first of all, for the next call. It throws
   * nothing.
   */
  write(line: string): void;
  /** Tries once more to write what waits, and lets go of the file. @returns how many lines were never written */
  close(): number;
}

/**
 * Opens a file to add lines to, each as one write at its end, so that several processes may share it. A file that was
 * moved away (logrotate) is made anew within a second.
 *
 * @throws what `open` throws
 */
export function openLineFile({
  path,
  milliseconds,
  onFailure,
  onRecovery,
  onFailedTry,
}: LineFileOptions): LineFile {
  const waiting: string[] = [];
  let file: number | undefined = openSync(path, FLAGS, MODE);
  let looked = milliseconds();
  let failing = false;
  let torn = false;
  let lost = 0;

  /** @throws what the file system throws */
  function current(): number {
    if (file !== undefined && !failing && milliseconds() - looked < LOOK_MILLISECONDS) return file;
    looked = milliseconds();
    if (file !== undefined && isAt(path, file)) return file;
    if (file !== undefined) closeSync(file);
    file = undefined;
    file = openSync(path, FLAGS, MODE);
    torn = false;
    return file;
  }

  function writeWaiting(): void {
    for (;;) {
      const [line] = waiting;
      if (line === undefined) return;
      const bytes = Buffer.from(`${torn ? '\n' : ''}${line}\n`);
      const target = current();
      const written = writeSync(target, bytes);
      torn = written > 0 && written < bytes.length;
      // The rest comes as a line of its own: another process may have written meanwhile.
      if (written < bytes.length) throw new Error(`${written} of ${bytes.length} bytes were written`);
      waiting.shift();
    }
  }

  function flush(): void {
    try {
      writeWaiting();
    } catch (thrown) {
      const isFull = waiting.length > MAX_WAITING;
      if (isFull) waiting.shift();
      lost += isFull ? 1 : 0;
      onFailedTry(isFull ? 1 : 0);
      if (!failing) onFailure(thrown);
      failing = true;
      return;
    }
    if (!failing) return;
    const missing = lost;
    // Before it is told of, as whoever is told may write a line at once.
    failing = false;
    lost = 0;
    onRecovery(missing);
  }

  return {
    write(line) {
      waiting.push(line);
      flush();
    },
    close() {
      if (waiting.length > 0) flush();
      if (file !== undefined) {
        sync(file);
        closeSync(file);
      }
      file = undefined;
      return lost + waiting.length;
    },
  };
}

/** Whether a path still leads to the file that was opened by it. */
function isAt(path: string, file: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false, bigint: true });
  if (there === undefined) return false;
  const open = fstatSync(file, { bigint: true });
  return there.ino === open.ino && there.dev === open.dev;
}

/** A pipe or a terminal has nothing that could be synced. */
function sync(file: number): void {
  try {
    fsyncSync(file);
  } catch {
    // What was written is with the operating system all the same.
  }
}
