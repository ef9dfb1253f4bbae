import type { Fetch } from '../../shared/http/fetch.js';
import type { Ticker } from '../../shared/ticker.js';
import { readStream, type StreamEnd, type Told } from './stream.js';

/** What following needs of the world. */
export interface FollowPorts {
  readonly fetch: Fetch;
  /** what this programme calls itself */
  readonly userAgent: string;
  readonly every: Ticker;
  /** Resolves after so many milliseconds, or as soon as the signal fires. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** ends the following */
  readonly signal: AbortSignal;
}

/** What is to be known of one server. */
export type ServerNews =
  | Told
  /** it cannot be reached, or no longer; told once until it is back */
  | { readonly type: 'lost'; readonly detail: string }
  /** there is nothing to follow; nothing comes after it */
  | { readonly type: 'absent' | 'refused'; readonly detail: string };

/** First and longest pause between two attempts, in milliseconds. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 4000;

/** Three heartbeats of a server: one that has been silent for so long is gone, whatever the connection says. */
const SILENCE_SECONDS = 45;

/**
 * Follows a server, over its restarts too, until the signal fires or it turns out that there is nothing to follow.
 *
 * @param token what its flows are read with, if it wants one
 */
export async function followServer(
  origin: string,
  token: string | undefined,
  ports: FollowPorts,
  tell: (news: ServerNews) => void,
): Promise<void> {
  let lastEventId: string | undefined;
  let pause = FIRST_PAUSE;
  let everConnected = false;
  let isLost = false;
  const isOver = () => ports.signal.aborted;
  while (!isOver()) {
    const end = await readOnce(origin, { token, lastEventId }, ports, (told) => {
      if (isOver()) return;
      if (told.type === 'hello') isLost = false;
      tell(told);
    });
    if (isOver()) return;
    if (end.opened) {
      ({ lastEventId } = end);
      pause = FIRST_PAUSE;
      everConnected = true;
    } else if (end.why === 'unreachable') {
      if (!isLost) tell({ type: 'lost', detail: end.detail });
      isLost = true;
      pause = Math.min(pause * 2, everConnected ? LONGEST_PAUSE / 2 : LONGEST_PAUSE);
    } else {
      return tell({ type: end.why, detail: end.detail });
    }
    await ports.sleep(pause, ports.signal);
  }
}

/** One connection, which ends when nothing is heard of the other side any more. */
async function readOnce(
  origin: string,
  { token, lastEventId }: { readonly token: string | undefined; readonly lastEventId: string | undefined },
  { fetch, userAgent, every, signal }: FollowPorts,
  tell: (told: Told) => void,
): Promise<StreamEnd> {
  const silence = new AbortController();
  let silent = 0;
  const stop = every(() => {
    silent += 1;
    if (silent >= SILENCE_SECONDS) silence.abort(new Error(`nothing came for ${SILENCE_SECONDS} s`));
  });
  try {
    return await readStream(
      origin,
      {
        fetch,
        userAgent,
        token,
        lastEventId,
        signal: AbortSignal.any([signal, silence.signal]),
        onSign: () => {
          silent = 0;
        },
      },
      tell,
    );
  } finally {
    stop();
  }
}
