import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './cli.js';

const SCRIPT = join(ROOT, 'test/support/store-process.mjs');

/** What became of one operation. */
export interface Outcome {
  readonly value?: unknown;
  /** the name of what was thrown */
  readonly error?: string;
  readonly message?: string;
}

/** Another process that has the store open. */
export interface StoreProcess {
  readonly pid: number;
  /** Asks for operations all at once, each by its name and arguments. */
  ask(...calls: readonly (readonly [string, ...unknown[]])[]): Promise<readonly Outcome[]>;
  /** Lets it close the store and end. */
  end(): Promise<number | null>;
  kill(): void;
}

/**
 * Starts a process that opens a store by its name, with the clock at 1,800,000,000.
 *
 * @param ulimit set by the shell before, as `-S -f 400`
 * @param env what it has in its environment besides
 */
export async function startStoreProcess(
  store: string,
  ulimit?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<StoreProcess> {
  const limited = ulimit === undefined ? '' : `ulimit ${ulimit}; `;
  const child = spawn('bash', ['-c', `${limited}exec "$0" "$@"`, process.execPath, SCRIPT, store], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  await answer(child, ended);
  return {
    pid: child.pid!,
    async ask(...calls) {
      const answered = answer(child, ended);
      child.send({ calls });
      return answered;
    },
    end: () => (child.disconnect(), ended),
    kill: () => void child.kill('SIGKILL'),
  };
}

function answer(child: ChildProcess, ended: Promise<number | null>): Promise<readonly Outcome[]> {
  return new Promise((done, fail) => {
    child.once('message', (outcomes: readonly Outcome[]) => done(outcomes));
    void ended.then((code) => fail(new Error(`the process with the store ended with ${code}`)));
  });
}
