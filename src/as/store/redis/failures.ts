/** As many are told of where something cannot be connected to. */
const REMEMBERED = 8;

/** What happened to connections, the last of it. */
export interface Failures {
  readonly add: (error: unknown) => void;
  /** in the order in which it happened */
  messages(): readonly string[];
}

/** Remembers what went wrong last: a command only learns that there is no connection, and not why. */
export function lastFailures(): Failures {
  const failures: unknown[] = [];
  return {
    add: (error) => {
      failures.push(error);
      if (failures.length > REMEMBERED) failures.shift();
    },
    messages: () => failures.flatMap(messagesOf),
  };
}

/** What an error says, after what its causes say. A host with two addresses fails twice, and says both. */
export function messagesOf(error: unknown): string[] {
  if (error instanceof AggregateError) return error.errors.flatMap(messagesOf);
  if (error instanceof Error) return [...messagesOf(error.cause), messageOf(error)];
  return typeof error === 'string' ? [error] : [];
}

/** That of OpenSSL has addresses and lines of its code around the reason. */
function messageOf(error: Error): string {
  if ('code' in error && 'reason' in error && String(error.code).startsWith('ERR_SSL_'))
    return String(error.reason);
  return error.message;
}
