import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import { fingerprint } from '../../shared/secret.js';
import type { AuthInfo } from './token-passage.js';

/** What the table needs of a transport: to serve, and to be closed with all its streams. */
export interface SessionTransport {
  handleRequest(request: Request, options?: { parsedBody?: unknown; authInfo?: AuthInfo }): Promise<Response>;
  close(): Promise<void>;
}

export interface Session {
  readonly id: string;
  readonly transport: SessionTransport;
  /** whose it is; see `principalOf` */
  readonly principal: string;
}

/** The open sessions: as many as the cap allows, each as long as it is used. */
export interface SessionTable {
  /** Takes in a session; the one idle for longest makes room if there is none. */
  add(session: Session): Promise<void>;
  /** The session with this id, if it is that principal's; counts as a use of it. */
  find(id: string, principal: string): Session | undefined;
  /** Keeps a session from being idle until the client drops its stream. */
  holdOpen(session: Session, dropped: AbortSignal): void;
  /** Takes out a session whose transport is closed already. */
  forget(id: string, reason: string): void;
  close(): Promise<void>;
}

interface Entry extends Session {
  usedAt: number;
  streams: number;
}

/** @param options the cap, the idle time in seconds, and the ports */
export function createSessionTable(options: {
  readonly maxSessions: number;
  readonly sessionIdleSeconds: number;
  readonly clock: Clock;
  readonly emit: Emit;
}): SessionTable {
  // In the order of use: what is used goes to the end, so what is in front is idle for longest.
  const entries = new Map<string, Entry>();

  function forget(id: string, reason: string): void {
    if (!entries.delete(id)) return;
    options.emit({ kind: 'session.closed', session: fingerprint(id), reason });
  }

  async function end(entry: Entry, reason: string): Promise<void> {
    forget(entry.id, reason);
    await entry.transport.close();
  }

  async function endIdle(): Promise<void> {
    const oldest = options.clock.now() - options.sessionIdleSeconds;
    for (const entry of entries.values()) {
      if (entry.usedAt > oldest) return;
      if (entry.streams === 0) await end(entry, 'nobody used it any more');
    }
  }

  function use(entry: Entry): void {
    entry.usedAt = options.clock.now();
    entries.delete(entry.id);
    entries.set(entry.id, entry);
  }

  return {
    async add(session) {
      await endIdle();
      while (entries.size >= options.maxSessions) {
        const longestIdle = [...entries.values()].find((entry) => entry.streams === 0);
        await end(longestIdle ?? entries.values().next().value!, 'there were too many');
      }
      use({ ...session, usedAt: 0, streams: 0 });
    },
    find(id, principal) {
      const entry = entries.get(id);
      if (!entry || entry.principal !== principal) return undefined;
      if (entry.streams === 0 && entry.usedAt <= options.clock.now() - options.sessionIdleSeconds) {
        void end(entry, 'nobody used it any more');
        return undefined;
      }
      use(entry);
      return entry;
    },
    holdOpen(session, dropped) {
      const entry = entries.get(session.id);
      if (!entry) return;
      entry.streams += 1;
      dropped.addEventListener(
        'abort',
        () => {
          entry.streams -= 1;
          // Its idle time begins now, unless it has ended meanwhile.
          if (entries.has(entry.id)) use(entry);
        },
        { once: true },
      );
    },
    forget,
    async close() {
      await Promise.all([...entries.values()].map((entry) => end(entry, 'the server stopped')));
    },
  };
}
