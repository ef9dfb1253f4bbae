import { describe, expect } from 'vitest';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import type { Tool } from '../../src/rs/index.js';
import { verifies } from '../verifies.js';
import { sendModern } from './modern-support.js';
import { listening, settle } from './sessions-support.js';
import { createWorld, type World } from './support.js';

/** A server whose tool tells how far it is, waits until it is let go on, and tells once more. */
function createSlow() {
  const state = { begun: 0, aborted: 0, ended: 0 };
  let goOn = (): void => {};
  const gate = new Promise<void>((open) => (goOn = open));
  const slow: Tool = {
    name: 'slow',
    description: 'Takes its time.',
    async handler(_input, { progress, log, signal }) {
      signal.addEventListener('abort', () => (state.aborted += 1), { once: true });
      await progress(1, 2, 'begun');
      await log('info', 'begun');
      state.begun += 1;
      await gate;
      await progress(2, 2, 'done');
      state.ended += 1;
      return { content: [{ type: 'text', text: 'slow' }] };
    },
  };
  return { world: createWorld({ tools: [slow] }), state, goOn };
}

/** Calls it; what belongs to this call carries its mark. */
async function callSlow(world: World, mark: string): Promise<Response> {
  return sendModern(world, 'tools/call', {
    params: { name: 'slow', arguments: {} },
    meta: { progressToken: mark, 'io.modelcontextprotocol/logLevel': 'info' },
    headers: { 'mcp-name': 'slow' },
  });
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

const messagesIn = (text: string): readonly Message[] =>
  eventsOf(text).map((event) => JSON.parse(event) as Message);

describe('the stream of a call in 2026-07-28', () => {
  verifies(
    [
      'rs.http-receiving-related',
      'rs.http-receiving-no-requests',
      'rs.http-receiving-ends',
      'rs.http-receiving-buffering',
      'rs.protocol-stateless-several',
      'rs.protocol-progress-token',
      'rs.protocol-logging-stream',
    ],
    'brings what belongs to that call and no requests, is not to be buffered, and ends with the response',
    async () => {
      const { world, state, goOn } = createSlow();
      const responses = await Promise.all([callSlow(world, 'one'), callSlow(world, 'two')]);
      const streams = responses.map(listening);
      await expect.poll(() => state.begun).toBe(2);
      goOn();
      await Promise.all(streams.map(({ ended }) => ended));
      for (const [at, mark] of ['one', 'two'].entries()) {
        const { response, text } = streams[at]!;
        expect(response.headers.get('content-type')).toContain('text/event-stream');
        expect(response.headers.get('x-accel-buffering')).toBe('no');
        const messages = messagesIn(text());
        expect(messages.map(({ method }) => method)).toEqual([
          'notifications/progress',
          'notifications/message',
          'notifications/progress',
          undefined,
        ]);
        expect(messages.filter(({ id }) => id !== undefined)).toEqual([messages.at(-1)]);
        const told = messages.filter(({ method }) => method === 'notifications/progress');
        expect(new Set(told.map(({ params }) => params!['progressToken']))).toEqual(new Set([mark]));
      }
    },
  );

  verifies(
    ['rs.http-cancellation-disconnect', 'rs.http-cancellation-silent', 'rs.http-cancellation-stop'],
    'that the client closes cancels the call, for which nothing more is sent, and no other',
    async () => {
      const { world, state, goOn } = createSlow();
      const [dropped, kept] = (await Promise.all([callSlow(world, 'one'), callSlow(world, 'two')])).map(
        listening,
      );
      await expect.poll(() => state.begun).toBe(2);
      await dropped!.drop();
      await expect.poll(() => state.aborted).toBe(1);
      const before = dropped!.text();
      goOn();
      await kept!.ended;
      await expect.poll(() => state.ended).toBe(2);
      await settle();
      expect(dropped!.text()).toBe(before);
      expect(before).not.toContain('done');
      expect(kept!.text()).toContain('slow');
      expect(world.told('server.fault')).toEqual([]);
    },
  );
});

describe('progress', () => {
  verifies(
    ['rs.protocol-progress-token', 'rs.protocol-logging-level'],
    'is told to nobody who did not ask for it, nor is anything logged',
    async () => {
      const { world, goOn } = createSlow();
      goOn();
      const call = { params: { name: 'slow', arguments: {} }, headers: { 'mcp-name': 'slow' } };
      const text = await (await sendModern(world, 'tools/call', call)).text();
      expect(text).toContain('slow');
      expect(text).not.toMatch(/notifications/);
    },
  );

  verifies(['rs.protocol-progress-stop'], 'is not told after the response', async () => {
    let tellLate = async (): Promise<void> => {};
    const hasty: Tool = {
      name: 'slow',
      description: 'Answers before it is done.',
      async handler(_input, { progress }) {
        await progress(1, 2);
        tellLate = () => progress(2, 2, 'late');
        return { content: [] };
      },
    };
    const world = createWorld({ tools: [hasty] });
    const stream = listening(await callSlow(world, 'one'));
    await stream.ended;
    await tellLate();
    await settle();
    expect(stream.text()).toContain('notifications/progress');
    expect(stream.text()).not.toContain('late');
    expect(world.told('server.fault')).toEqual([]);
  });
});
