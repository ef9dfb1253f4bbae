import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Listening,
  listening,
  listTools,
  openSession,
  settle,
  withSession,
} from './sessions-support.js';
import { activeAnswer, createWorld, NOW, type World } from './support.js';

const IDLE_SECONDS = 120;
/** How long a session waits for the next token; docs/sessions.md says so. */
const RENEWAL_SECONDS = 60;

interface Token {
  readonly value: string;
  readonly user: string;
  readonly exp: number;
}

/** Two users, each with two tokens that live for different times. */
const TOKENS: readonly Token[] = ['ann', 'ben'].flatMap((user) =>
  [100, 300].map((seconds) => ({ user, exp: NOW + seconds, value: `${user}-${seconds}-${'0'.repeat(32)}` })),
);

const STEP = fc.record({
  kind: fc.constantFrom('open', 'open', 'use', 'use', 'listen', 'listen', 'drop', 'delete', 'wait', 'revoke'),
  token: fc.constantFrom(...TOKENS),
  session: fc.nat(3),
  seconds: fc.nat(90),
});
/** A busy machine tries fewer. */
const EFFORT = { numRuns: 25, interruptAfterTimeLimit: 6000 };

type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

/** What a session must be like, by what has happened. */
interface Expected {
  readonly id: string;
  readonly user: string;
  token: Token;
  usedAt: number;
  isOpen: boolean;
  stream: Listening | undefined;
  /** its streams that must have ended */
  readonly ended: Listening[];
}

/** The rules of docs/sessions.md, kept by hand beside a server. */
function createModel(world: World) {
  const sessions: Expected[] = [];
  const now = (): number => world.time.now;
  const isGood = ({ value, exp }: Token): boolean => world.as.tokens.has(value) && exp > now();

  function endStream(session: Expected, at = now()): void {
    if (!session.stream) return;
    session.ended.push(session.stream);
    session.stream = undefined;
    session.usedAt = at;
  }
  function close(session: Expected): void {
    endStream(session);
    session.isOpen = false;
  }
  return {
    sessions,
    isGood,
    endStream,
    close,
    opened(id: string, token: Token): void {
      const { user } = token;
      sessions.push({ id, user, token, usedAt: now(), isOpen: true, stream: undefined, ended: [] });
    },
    used(session: Expected, token: Token): void {
      session.token = token;
      session.usedAt = now();
    },
    /** A token is sent: if it was revoked, the server learns of it now. */
    sent(token: Token): void {
      if (world.as.tokens.has(token.value) || token.exp <= now()) return;
      for (const session of sessions) if (session.isOpen && session.token === token) close(session);
    },
    /** @returns the status of a request, if it is in order otherwise */
    statusFor(session: Expected, token: Token): 200 | 401 | 404 {
      if (!isGood(token)) return 401;
      return session.isOpen && session.user === token.user ? 200 : 404;
    },
    second(): void {
      for (const session of sessions.filter(({ isOpen }) => isOpen)) {
        if (session.token.exp <= now()) endStream(session, session.token.exp);
        const isIdle = !session.stream && now() >= session.usedAt + IDLE_SECONDS;
        if (isIdle || now() >= session.token.exp + RENEWAL_SECONDS) close(session);
      }
    },
  };
}

/** Takes steps, and holds the server against the model after each. */
async function take(steps: readonly Step[]): Promise<void> {
  const world = createWorld({ sessionIdleSeconds: IDLE_SECONDS });
  for (const { value, user, exp } of TOKENS) world.as.tokens.set(value, activeAnswer({ sub: user, exp }));
  const model = createModel(world);

  async function request(kind: string, session: Expected, token: Token): Promise<void> {
    model.sent(token);
    const expected = model.statusFor(session, token);
    const had = session.stream;
    if (expected === 200) model.used(session, token);
    if (kind === 'use') {
      expect((await listTools(world, session.id, token.value)).status).toBe(expected);
    } else if (kind === 'delete') {
      const init = { method: 'DELETE', token: token.value };
      expect((await withSession(world, session.id, init)).status).toBe(expected);
      if (expected === 200) model.close(session);
    } else {
      const response = await withSession(world, session.id, { method: 'GET', token: token.value });
      expect(response.status).toBe(expected === 200 && had ? 409 : expected);
      if (response.status === 200) session.stream = listening(response);
    }
  }

  async function open(token: Token): Promise<void> {
    model.sent(token);
    const id = await openSession(world, token.value);
    expect(id !== '').toBe(model.isGood(token));
    if (id !== '') model.opened(id, token);
  }

  for (const { kind, token, session: at, seconds } of steps) {
    const session = model.sessions[at];
    if (kind === 'open') await open(token);
    else if (kind === 'revoke') world.as.tokens.delete(token.value);
    else if (kind === 'wait') {
      for (let second = 0; second < seconds; second += 1) {
        world.wait(1);
        model.second();
      }
    } else if (session && kind === 'drop') {
      await session.stream?.drop();
      model.endStream(session);
    } else if (session) await request(kind, session, token);

    await settle();
    for (const { stream, ended } of model.sessions) {
      expect(stream?.isOpen() ?? true).toBe(true);
      expect(ended.filter((one) => one.isOpen())).toEqual([]);
    }
    const stillOpen = world.told('session.opened').length - world.told('session.closed').length;
    expect(stillOpen).toBe(model.sessions.filter(({ isOpen }) => isOpen).length);
  }
  await world.rs.close();
}

describe('whatever happens to sessions, in whatever order', () => {
  it('they are open, and their streams, for as long as the rules say, and for nobody else', async () => {
    await fc.assert(fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), take), EFFORT);
  });
});
