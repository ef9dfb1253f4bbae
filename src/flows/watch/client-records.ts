import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { Attempt } from './attempt.js';
import { membersOf, textOf } from './seen-flow.js';

/** A client by its client_id, as long as one of its flows is kept. */
export interface ClientRecord {
  readonly clientId: string;
  name: string | undefined;
  firstSeenAt: number;
  lastSeenAt: number;
  /** the oldest first */
  readonly attempts: Set<Attempt>;
}

/** The clients whose flows are kept. */
export interface ClientRecords {
  /** notes an exchange of an attempt whose client is known */
  note(attempt: Attempt, exchange: RecordedExchange): void;
  find(clientId: string): ClientRecord | undefined;
  forget(attempt: Attempt): void;
  all(): Iterable<ClientRecord>;
}

/** Keeps book of the clients. */
export function createClientRecords(): ClientRecords {
  const records = new Map<string, ClientRecord>();

  function recordOf(clientId: string, at: number): ClientRecord {
    const known = records.get(clientId);
    if (known) return known;
    const record = {
      clientId,
      name: undefined,
      firstSeenAt: at,
      lastSeenAt: at,
      attempts: new Set<Attempt>(),
    };
    records.set(clientId, record);
    return record;
  }

  return {
    note(attempt, exchange) {
      if (attempt.clientId === undefined) return;
      const record = recordOf(attempt.clientId, exchange.at);
      record.attempts.add(attempt);
      record.firstSeenAt = Math.min(record.firstSeenAt, exchange.at);
      record.lastSeenAt = Math.max(record.lastSeenAt, exchange.at + exchange.milliseconds);
      record.name = nameIn(exchange) ?? record.name;
    },
    find: (clientId) => records.get(clientId),
    forget(attempt) {
      const record = attempt.clientId === undefined ? undefined : records.get(attempt.clientId);
      record?.attempts.delete(attempt);
      if (record?.attempts.size === 0) records.delete(record.clientId);
    },
    all: () => records.values(),
  };
}

/** What a client calls itself when it registers. */
function nameIn({ meaning, request, response }: RecordedExchange): string | undefined {
  if (meaning !== 'registration' && meaning !== 'client-configuration') return undefined;
  for (const body of [response?.body, request.body]) {
    const name = textOf(membersOf(body), 'client_name');
    if (name !== undefined) return name.slice(0, 200);
  }
  return undefined;
}
