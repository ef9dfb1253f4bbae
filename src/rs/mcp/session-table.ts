import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import { fingerprint } from '../../shared/secret.js';
import type { Ticker } from '../../shared/ticker.js';
import type { AcceptedToken } from '../verifiers/token-verifier.js';
import { closeTelling } from './close-telling.js';
import type { EventStream } from './event-stream.js';
import { holderOf, principalOf } from './principal.js';
import { findRoom } from './session-room.js';
import type { Lease, TokenLeases } from './token-leases.js';
import type { AuthInfo } from './token-passage.js';

/**
 * How long a session waits for the next token of its client and user once the last one has expired, in seconds. Its
 * streams have ended by then, which is what makes a client come back, with a new token if it can get one.
 */
const RENEWAL_SECONDS = 60;

/** What the table needs of a transport: to serve, and to be closed with all its streams. */
export interface SessionTransport {
  handleRequest(request: Request, options?: { parsedBody?: unknown; authInfo?: AuthInfo }): Promise<Response>;
  close(): Promise<void>;
}

/** A session as it is found again: by its id, and with a token of the same client and user. */
export interface Session {
  readonly id: string;
  readonly transport: SessionTransport;
}

/** The open sessions: as many as the cap allows, each for as long as it is used, and its token is good. */
export interface SessionTable {
  /**
   * Takes in a session, which belongs to the client and user of the token; another one makes room if there is none.
   *
   * @returns false if there is no room, because all others are in use
   */
  add(session: Session, accepted: AcceptedToken): boolean;
  /** The session with this id, if it is that client's and user's; counts as a use of it. */
  find(id: string, accepted: AcceptedToken): Session | undefined;
  /** Keeps a session from being idle until the stream ends, and ends the stream with the session. */
  holdOpen(id: string, stream: EventStream): void;
  /** Takes out a session whose transport is closed already. */
  forget(id: string, reason: string): void;
  close(): Promise<void>;
}

export interface SessionTableOptions {
  readonly maxSessions: number;
  /** how long a session may go without a request and an open stream */
  readonly sessionIdleSeconds: number;
  readonly leases: TokenLeases;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly emit: Emit;
}

interface Entry extends Session {
  /** whose it is; see `principalOf` */
  readonly principal: string;
  /** whose share it takes; see `holderOf` */
  readonly holder: string;
  readonly lease: Lease;
  readonly streams: Set<EventStream>;
  usedAt: number;
  /** when the last token expired, if no other has come since */
  expiredAt: number | undefined;
}

export function createSessionTable(options: SessionTableOptions): SessionTable {
  const { maxSessions, sessionIdleSeconds, leases, clock, ticker, emit } = options;
  // In the order of use: what is used goes to the end, so what is in front is idle for longest.
  const entries = new Map<string, Entry>();

  function forget(id: string, reason: string): void {
    const entry = entries.get(id);
    if (!entry) return;
    entries.delete(id);
    entry.lease.release();
    endStreams(entry);
    emit({ kind: 'session.closed', session: fingerprint(id), reason });
  }

  async function end(entry: Entry, reason: string): Promise<void> {
    forget(entry.id, reason);
    await closeTelling(entry.transport, emit);
  }

  function use(entry: Entry): void {
    entry.usedAt = clock.now();
    entries.delete(entry.id);
    entries.set(entry.id, entry);
  }

  /** @returns why it is over, if it is */
  function overBecause({ usedAt, expiredAt, streams }: Entry): string | undefined {
    const now = clock.now();
    if (expiredAt !== undefined && now >= expiredAt + RENEWAL_SECONDS) return 'its token expired';
    return streams.size === 0 && now >= usedAt + sessionIdleSeconds ? 'nobody used it any more' : undefined;
  }

  function sweep(): void {
    for (const entry of entries.values()) {
      const reason = overBecause(entry);
      if (reason !== undefined) void end(entry, reason);
    }
  }

  /** @returns false if there is none to be had */
  function makeRoom(holder: string): boolean {
    sweep();
    if (entries.size < maxSessions) return true;
    const other = findRoom([...entries.values()], holder);
    if (other) void end(other, 'there were too many');
    return other !== undefined;
  }

  const stop = ticker(sweep);

  return {
    add(session, accepted) {
      const holder = holderOf(accepted.token);
      if (!makeRoom(holder)) return false;
      const lease = leases.hold(accepted, {
        expired() {
          entry.expiredAt = clock.now();
          endStreams(entry);
        },
        refused: () => void end(entry, 'its token was revoked'),
      });
      const entry: Entry = {
        ...session,
        principal: principalOf(accepted.token),
        holder,
        lease,
        streams: new Set(),
        usedAt: 0,
        expiredAt: undefined,
      };
      use(entry);
      return true;
    },
    find(id, accepted) {
      const entry = entries.get(id);
      if (!entry || entry.principal !== principalOf(accepted.token)) return undefined;
      const reason = overBecause(entry);
      if (reason !== undefined) {
        void end(entry, reason);
        return undefined;
      }
      entry.lease.renew(accepted);
      entry.expiredAt = undefined;
      use(entry);
      return entry;
    },
    holdOpen(id, stream) {
      const entry = entries.get(id);
      if (!entry) return stream.end();
      entry.streams.add(stream);
      stream.onEnd(() => {
        entry.streams.delete(stream);
        // Its idle time begins now, unless it has ended meanwhile.
        if (entries.has(entry.id)) use(entry);
      });
    },
    forget,
    async close() {
      stop();
      await Promise.all([...entries.values()].map((entry) => end(entry, 'the server stopped')));
    },
  };
}

function endStreams({ streams }: Entry): void {
  for (const stream of streams) stream.end();
}
