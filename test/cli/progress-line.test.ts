import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { showingProgress } from '../../src/cli/progress-line.js';

function screen(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  return { isTTY, columns, write: (text: string) => written.push(text), written };
}

const slow = async () => (await pause(1300), new Response('at last'));
const silent = async () => (await pause(1300), Promise.reject(new TypeError('fetch failed')));

describe('the line that tells what is waited for', () => {
  it('comes after a second and is gone before the answer is told, also where none came', async () => {
    for (const fetch of [slow, silent]) {
      const terminal = screen(true);
      const waiting = showingProgress(
        fetch,
        terminal,
      )('https://mcp.example/mcp?code=secret').catch(() => undefined);
      await pause(1100);
      expect(terminal.written).toEqual(['\r\u001b[K… 1 s: waiting for https://mcp.example/mcp']);
      await waiting;
      expect(terminal.written.at(-1)).toBe('\r\u001b[K');
      expect(terminal.written).toHaveLength(2);
    }
  });

  it('fits the window', async () => {
    const terminal = screen(true, 20);
    await showingProgress(slow, terminal)('https://mcp.example/mcp');
    expect(terminal.written[0]!.replace('\r\u001b[K', '')).toHaveLength(19);
  });

  it('is not there for answers that come soon, nor elsewhere than on a terminal', async () => {
    const terminal = screen(true);
    await showingProgress(async () => new Response('soon'), terminal)('https://mcp.example/');
    expect(terminal.written).toEqual([]);
    const pipe = screen(false);
    await showingProgress(slow, pipe)('https://mcp.example/');
    expect(pipe.written).toEqual([]);
  });
});
