import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { Attempt } from './attempt.js';
import type { Directory } from './directory.js';
import { KEY, WAIT } from './keys.js';
import { isNameless, originOf } from './origin.js';

/** A refusal that is older did not lead to what begins now, in milliseconds. */
const RECENT = 60_000;

/** The attempt that was refused, and that its client takes up again with one that begins. */
export function predecessorOf(exchange: RecordedExchange, directory: Directory): Attempt | undefined {
  const origin = originOf(exchange);
  const { client_id: clientId } = exchange.brought;
  const wasRefused = (attempt: Attempt | undefined) =>
    attempt?.refusal !== undefined && Math.abs(exchange.at - attempt.updatedAt) <= RECENT
      ? attempt
      : undefined;
  const { connection } = origin;
  const byConnection = connection === undefined ? undefined : directory.find(KEY.connection(connection));
  const byClient = clientId === undefined ? undefined : directory.find(KEY.client(clientId));
  const first = (what: string) => [...directory.waitingFor(what)].find((attempt) => wasRefused(attempt));
  return (
    wasRefused(byConnection) ??
    wasRefused(byClient) ??
    (exchange.from === 'browser' ? undefined : first(WAIT.step('next', origin))) ??
    (isNameless(origin) || exchange.from === 'browser' ? first(WAIT.stepOf('next', origin)) : undefined)
  );
}
