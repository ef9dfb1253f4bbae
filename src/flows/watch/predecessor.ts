import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { Attempt } from './attempt.js';
import type { Directory } from './directory.js';
import { KEY, WAIT } from './keys.js';
import { isNameless, mayBeOneProgram, originOf } from './origin.js';

/** A refusal that is older did not lead to what begins now, in milliseconds. */
const RECENT = 60_000;

/** Routes by which one client_id is that of one program: many may share a preset one, or a document. */
const OF_ONE_PROGRAM: ReadonlySet<string | undefined> = new Set(['dcr', 'dcr-reused', 'adopted']);

/** The attempt that an attempt which begins takes up: one that was refused, or that its client has left. */
export function predecessorOf(exchange: RecordedExchange, directory: Directory): Attempt | undefined {
  const origin = originOf(exchange);
  const { connection } = origin;
  const neighbour = connection === undefined ? undefined : directory.find(KEY.connection(connection));
  const byConnection =
    exchange.from === 'client' && neighbour?.origin && !mayBeOneProgram(neighbour.origin, origin)
      ? undefined
      : neighbour;
  const { client_id: clientId } = exchange.brought;
  const byClient = clientId === undefined ? undefined : directory.find(KEY.client(clientId));
  if (byClient && isLeft(byClient, exchange)) return byClient;
  const refused = (attempt: Attempt) => wasRefused(attempt, exchange);
  const ofBrowser = exchange.from === 'browser';
  const queues = [
    ...(ofBrowser ? [] : [WAIT.step('next', origin)]),
    ...(ofBrowser || isNameless(origin) ? [WAIT.stepOf('next', origin)] : []),
  ];
  return (
    [byConnection, byClient].find((attempt) => attempt && refused(attempt)) ??
    queues
      .map((queue) => directory.firstWaiting(queue, refused, (attempt) => !refused(attempt)))
      .find((attempt) => attempt)
  );
}

/** Whether its client begins anew without having come to an end. */
function isLeft({ outcome, had }: Attempt, { facts }: RecordedExchange): boolean {
  return outcome === undefined && (had.has('registration') || OF_ONE_PROGRAM.has(facts.route));
}

function wasRefused({ refusal, updatedAt }: Attempt, { at }: RecordedExchange): boolean {
  return refusal !== undefined && Math.abs(at - updatedAt) <= RECENT;
}
