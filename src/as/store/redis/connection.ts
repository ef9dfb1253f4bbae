import { StoreUnavailableError } from '../store.js';
import type { Link, Send } from './links.js';
import type { Script } from './scripts.js';

/** How long an answer may take, in milliseconds. */
const ANSWER_MILLISECONDS = 2000;

/** No sooner than this after it was made, in milliseconds, a way that fails is given up for a new one. */
const PATIENCE_MILLISECONDS = 5000;

/** Commands to a Redis. Whatever goes wrong with one is a {@link StoreUnavailableError}. */
export interface Connection {
  /** Sends a command about one key, once. */
  send(key: string, ...args: readonly string[]): Promise<unknown>;
  /** Runs a script about some keys of one node. @returns what it returns */
  run(script: Script, keys: readonly [string, ...string[]], ...args: readonly string[]): Promise<unknown>;
  /** One function for each server that has keys. */
  servers(): Promise<readonly Send[]>;
  /** Ends all at once. */
  close(): void;
}

/**
 * Talks to a Redis, in bounded time.
 *
 * The library reconnects where a connection is closed. It does not notice where the other end has only fallen silent, which
 * takes TCP a quarter of an hour, nor that what it is connected to has become a replica. So a way on which commands are not
 * answered, or that leads to a replica, is given up for a new one, which looks the name up again.
 *
 * @param place where it is, for messages
 * @param dial makes a way to it
 */
export function connectionOver(place: string, dial: () => Link): Connection {
  let link = dial();
  let isPatient = true;
  let patience = setTimeout(impatient, PATIENCE_MILLISECONDS).unref();
  let isClosed = false;

  function impatient(): void {
    isPatient = false;
  }

  function giveUp(failed: Link): void {
    if (isPatient || isClosed || failed !== link) return;
    isPatient = true;
    failed.end();
    link = dial();
    clearTimeout(patience);
    patience = setTimeout(impatient, PATIENCE_MILLISECONDS).unref();
  }

  async function asked<T>(ask: (link: Link) => Promise<T>): Promise<T> {
    const by = link;
    if (isClosed) throw new StoreUnavailableError(`${place} is no longer connected to`);
    if (!by.isReady()) {
      giveUp(by);
      throw new StoreUnavailableError(`${place} is not connected`);
    }
    try {
      return await inTime(ask(by));
    } catch (error) {
      if (isOfAReplica(error) || !isAnAnswer(error)) giveUp(by);
      throw new StoreUnavailableError(`${place} ${saying(error)}`, { cause: error });
    }
  }

  return {
    send: (key, ...args) => asked((by) => by.send(key, args)),
    run: (script, keys, ...args) =>
      asked(async (by) => {
        const rest = [String(keys.length), ...keys, ...args];
        try {
          return await by.send(keys[0], ['EVALSHA', script.sha1, ...rest]);
        } catch (error) {
          // It was restarted, or is another one: then it was not run, and is not run twice.
          if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
          return by.send(keys[0], ['EVAL', script.text, ...rest]);
        }
      }),
    servers: async () =>
      (await asked((by) => by.servers())).map(
        (send): Send =>
          (args) =>
            asked(() => send(args)),
      ),
    close: () => {
      isClosed = true;
      clearTimeout(patience);
      link.end();
    },
  };
}

class NoAnswerError extends Error {
  constructor() {
    super(
      `has not answered within ${ANSWER_MILLISECONDS / 1000} seconds; what was asked for may have been done`,
    );
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new NoAnswerError()), ANSWER_MILLISECONDS);
    answer.then(done, fail).finally(() => clearTimeout(late));
  });
}

/** The words of an error of Redis begin with its code: `OOM command not allowed …`. */
const CODE = /^-?[A-Z]{2,} /;

/** Whether Redis answered that it will not: then there is no need for another way to it. */
function isAnAnswer(error: unknown): boolean {
  return CODE.test(messageOf(error));
}

function isOfAReplica(error: unknown): boolean {
  return /\b(?:READONLY|MASTERDOWN)\b/.test(messageOf(error));
}

function saying(error: unknown): string {
  if (error instanceof NoAnswerError) return error.message;
  return `${isAnAnswer(error) ? 'refuses' : 'cannot be asked'}: ${messageOf(error)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
