import { describe, expect, it } from 'vitest';
import { watchedApp } from './watched-app.js';

const EVENT = 'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';

/** An answer that is written piece by piece, by the test. */
function slowAnswer() {
  const seen = { pulls: 0, cancelled: undefined as unknown };
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (given) => void (controller = given),
      pull: () => void (seen.pulls += 1),
      cancel: (reason) => void (seen.cancelled = reason),
    },
    { highWaterMark: 0 },
  );
  const response = new Response(body, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'mcp-session-id': 'one' },
  });
  return {
    response,
    seen,
    write: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
    end: () => controller.close(),
    fail: (error: Error) => controller.error(error),
  };
}

async function readChunk(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  return new TextDecoder().decode((await reader.read()).value);
}

describe('a stream of events that is recorded', () => {
  it('goes by piece by piece, and is written down at its end with all that went by', async () => {
    const slow = slowAnswer();
    const { send, exchanges } = watchedApp(() => slow.response);
    const response = await send({ method: 'POST' });
    expect(response.headers.get('mcp-session-id')).toBe('one');
    const reader = response.body!.getReader();
    slow.write(': first\n\n');
    expect(await readChunk(reader)).toBe(': first\n\n');
    slow.write(EVENT);
    expect(await readChunk(reader)).toBe(EVENT);
    expect(exchanges).toEqual([]);
    slow.end();
    expect((await reader.read()).done).toBe(true);
    expect(exchanges).toMatchObject([
      { response: { status: 200, body: `: first\n\n${EVENT}`, truncated: false }, error: null },
    ]);
  });

  it('is written down once it has been open for two seconds, with what went by until then, and goes on', async () => {
    const slow = slowAnswer();
    const { send, exchanges, recorder, wait } = watchedApp(() => slow.response);
    const reader = (await send()).body!.getReader();
    slow.write(EVENT);
    await readChunk(reader);
    wait(1999);
    recorder.tick();
    expect(exchanges).toEqual([]);
    wait(1);
    recorder.tick();
    expect(exchanges).toMatchObject([{ milliseconds: 0, response: { body: EVENT, truncated: true } }]);
    slow.write(': later\n\n');
    expect(await readChunk(reader)).toBe(': later\n\n');
    slow.end();
    await reader.read();
    recorder.tick();
    expect(exchanges).toHaveLength(1);
  });

  it('is read only as fast as its reader reads', async () => {
    const slow = slowAnswer();
    const { send } = watchedApp(() => slow.response);
    const reader = (await send()).body!.getReader();
    await Promise.resolve();
    expect(slow.seen.pulls).toBe(0);
    const chunk = readChunk(reader);
    slow.write(EVENT);
    expect(await chunk).toBe(EVENT);
    expect(slow.seen.pulls).toBeLessThanOrEqual(1);
  });

  it('ends at its source when the client goes away, and is written down then', async () => {
    const slow = slowAnswer();
    const { send, exchanges } = watchedApp(() => slow.response);
    const reader = (await send()).body!.getReader();
    slow.write(EVENT);
    await readChunk(reader);
    await reader.cancel('gone');
    expect(slow.seen.cancelled).toBe('gone');
    expect(exchanges).toMatchObject([{ response: { body: EVENT, truncated: true } }]);
  });

  it('fails for its reader as it failed at its source, and is written down then', async () => {
    const slow = slowAnswer();
    const { send, exchanges } = watchedApp(() => slow.response);
    const reader = (await send()).body!.getReader();
    slow.fail(new Error('broken'));
    await expect(reader.read()).rejects.toThrow('broken');
    expect(exchanges).toMatchObject([{ response: { truncated: true } }]);
  });

  it('is kept from its beginning, 64 KiB of it at most, and goes on whole', async () => {
    const slow = slowAnswer();
    const { send, exchanges } = watchedApp(() => slow.response);
    const whole = (await send()).text();
    for (let count = 0; count < 100; count += 1) slow.write(`data: ${'x'.repeat(1024)}\n\n`);
    slow.end();
    expect((await whole).length).toBe(100 * 1032);
    const { response } = exchanges[0]!;
    expect(response!.truncated).toBe(true);
    expect(String(response!.body).length).toBeLessThan(17_000);
    expect(String(response!.body)).toMatch(/… \(\d+ more characters\)$/);
  });

  it('keeps no secret that stands in its JSON, at whatever depth', async () => {
    const token = 'token-in-a-tool-result-0123456789';
    const inner = JSON.stringify({ access_token: token, shown: 'yes' });
    const slow = slowAnswer();
    const { send, exchanges } = watchedApp(() => slow.response);
    const whole = (await send()).text();
    slow.write(`data: ${JSON.stringify({ result: { content: [{ type: 'text', text: inner }] } })}\n\n`);
    slow.end();
    expect(await whole).toContain(token);
    expect(String(exchanges[0]!.response!.body)).toContain('yes');
    expect(JSON.stringify(exchanges)).not.toContain(token);
  });
});
