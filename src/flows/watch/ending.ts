import { conclude } from './apply.js';
import { type Attempt, lastRequestOf, lastStepOf } from './attempt.js';
import { errorOf } from './seen-flow.js';
import type { RecordedExchange } from '../record/recorded-exchange.js';

/** So long may a program take for its next request, in milliseconds. */
const PROGRAM = 30_000;
/** So long may a person take, in milliseconds; VS Code waits as long. */
const PERSON = 5 * 60_000;

/**
 * Ends an attempt with which nobody goes on.
 *
 * @param seesMcpServer whether anything is known of what goes to the MCP server
 * @returns whether it ended
 */
export function endIfOver(attempt: Attempt, now: number, seesMcpServer: boolean): boolean {
  if (attempt.outcome !== undefined) return false;
  // What became of its token is not seen from here: nobody can say that nothing did.
  if (!seesMcpServer && attempt.had.has('token') && attempt.refusal === undefined) return false;
  const waitsForPerson = isPersonsTurn(attempt);
  if (now - attempt.updatedAt < (waitsForPerson ? PERSON : PROGRAM)) return false;
  if (attempt.had.has('challenge') && isOpenServer(attempt)) conclude(attempt, 'not-protected');
  else conclude(attempt, 'failed', reasonOf(attempt, waitsForPerson));
  return true;
}

/** Ends an attempt since its client has begun another. */
export function endForNext(attempt: Attempt, next: string): void {
  const before = attempt.refusal === undefined ? reachedInWords(attempt) : refusalInWords(attempt.refusal);
  conclude(attempt, 'failed', `${before}; its client went on with ${next}`);
}

/** A sign-in page waits for its user, and programs ask theirs before they open it. */
function isPersonsTurn(attempt: Attempt): boolean {
  const { refusal, had } = attempt;
  if (refusal !== undefined) return false;
  const last = lastRequestOf(attempt);
  switch (last?.exchange.meaning) {
    case 'resource-metadata':
    case 'authorization-server-metadata':
    case 'registration':
      return true;
    case 'authorization-request':
    case 'sign-in':
      return last.exchange.gave.code === undefined || !had.has('code');
    default:
      return false;
  }
}

function isOpenServer({ kept }: Attempt): boolean {
  return kept.every(({ exchange }) => exchange.meaning !== 'mcp' || (exchange.response?.status ?? 400) < 400);
}

function reasonOf(attempt: Attempt, waitedForPerson: boolean): string {
  if (attempt.refusal !== undefined) {
    return `${refusalInWords(attempt.refusal)}, and nothing followed for ${PROGRAM / 1000} seconds`;
  }
  const wait = waitedForPerson ? `${PERSON / 60_000} minutes` : `${PROGRAM / 1000} seconds`;
  return `${reachedInWords(attempt)}, and nothing followed for ${wait}`;
}

function reachedInWords(attempt: Attempt): string {
  const { had } = attempt;
  if (had.has('accepted')) return 'its token was accepted, but it asked for nothing';
  if (had.has('token')) return 'it got its token';
  if (had.has('code')) return 'its code was given out';
  if (had.has('authorization')) return 'its user was at the sign-in page';
  if (had.has('registration')) return 'it registered';
  switch (lastStepOf(attempt)) {
    case 'authorization-server-metadata':
      return 'it read the metadata of the authorization server';
    case 'resource-metadata':
      return 'it read the metadata of the MCP server';
    default:
      return 'it was asked for a token';
  }
}

const REFUSED: Readonly<Partial<Record<RecordedExchange['meaning'], string>>> = {
  mcp: 'the MCP server refused its token',
  registration: 'the authorization server refused its registration',
  'authorization-request': 'the authorization server refused its authorization request',
  'token-request': 'the authorization server refused its token request',
};

/** Who refused what, and why. */
export function refusalInWords(exchange: RecordedExchange): string {
  const why = exchange.reason_code ?? errorOf(exchange) ?? exchange.error ?? undefined;
  const status = exchange.response === null ? 'no answer' : `HTTP ${exchange.response.status}`;
  const what = REFUSED[exchange.meaning] ?? 'it was refused';
  return `${what} (${status}${why === undefined ? '' : `, ${why}`})`;
}
