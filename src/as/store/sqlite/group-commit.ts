import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from './database.js';
import { isBusy } from './faults.js';
import { patiently } from './patience.js';
import { inTransaction } from './transaction.js';

/** No transaction has more operations than this, so that none keeps this process or another waiting for long. */
const MAX_TOGETHER = 250;

/** Where what changes the database waits for its turn. */
export interface GroupCommit {
  /**
   * Does something in a transaction, together with what else is asked for in this turn of the event loop.
   *
   * @param act runs one statement, which leaves nothing behind if it fails; may be called again if all was rolled back
   * @returns what it returned, once that is on the disk
   * @throws what it threw, which does not concern the others; or what the transaction came to grief on
   */
  write<T>(act: () => T): Promise<T>;
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>;
}

interface Waiting {
  /** Does it. @returns what tells the one who waits, once the transaction is through */
  perform(): () => void;
  fail(error: unknown): void;
}

/**
 * Puts many small writes into few transactions: where a transaction is to survive a power cut, it costs a flush of the
 * disk, however small it is.
 *
 * @param isFatal whether an error ends the whole transaction, and not only the operation that threw it
 */
export function createGroupCommit(database: Database, isFatal: (error: unknown) => boolean): GroupCommit {
  const queue: Waiting[] = [];
  /** how many of the first in the queue go one by one, because they failed together */
  let oneByOne = 0;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (queue.length > 0) {
      await nextTurn();
      await patiently(commitNext).catch(failAll);
    }
    working = undefined;
  }

  /** Nobody here could write for as long as one waits. */
  function failAll(error: unknown): void {
    oneByOne = 0;
    for (const { fail } of queue.splice(0)) fail(error);
  }

  /** @throws only if another process is writing; who has come when this is tried again goes along */
  function commitNext(): void {
    const together = queue.slice(0, oneByOne > 0 ? 1 : MAX_TOGETHER);
    const tell = committed(together);
    if (!tell) {
      oneByOne = together.length;
      return;
    }
    queue.splice(0, together.length);
    oneByOne = Math.max(0, oneByOne - 1);
    tell();
  }

  /** @returns what tells all of them how it went; undefined if they are to be tried one by one */
  function committed(together: readonly Waiting[]): (() => void) | undefined {
    try {
      const tellings = inTransaction(database, () => together.map(outcomeOf));
      return () => tellings.forEach((tell) => tell());
    } catch (error) {
      if (isBusy(error)) throw error;
      const [first, second] = together;
      return second ? undefined : () => first?.fail(error);
    }
  }

  function outcomeOf({ perform, fail }: Waiting): () => void {
    try {
      return perform();
    } catch (error) {
      if (isFatal(error)) throw error;
      return () => fail(error);
    }
  }

  return {
    write: (act) =>
      new Promise((resolve, fail) => {
        const perform = () => {
          const value = act();
          return () => resolve(value);
        };
        queue.push({ perform, fail });
        working ??= work();
      }),
    idle: async () => working,
  };
}
