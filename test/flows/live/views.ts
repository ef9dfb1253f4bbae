import type { ViewMessage } from '../../../src/flows/live/view-stream.js';

/** Reads a stream of views as the script of the page does. */
export function readViews(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';
  async function nextEvent(): Promise<string | undefined> {
    for (;;) {
      const end = buffered.indexOf('\n\n');
      if (end >= 0) {
        const event = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        return event;
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      buffered += value;
    }
  }
  async function nextOf(pattern: RegExp): Promise<string> {
    for (;;) {
      const event = await nextEvent();
      if (event === undefined) throw new Error('the stream has ended');
      const [, found] = pattern.exec(event) ?? [];
      if (found !== undefined) return found;
    }
  }
  return {
    next: async () => JSON.parse(await nextOf(/^event: view\ndata: (.*)$/)) as ViewMessage,
    nextComment: () => nextOf(/^: (.*)$/),
    async ended(): Promise<boolean> {
      while ((await nextEvent()) !== undefined);
      return true;
    },
    cancel: () => reader.cancel(),
  };
}
