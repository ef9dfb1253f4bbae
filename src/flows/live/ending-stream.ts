import type { Ticker } from '../../shared/ticker.js';

/**
 * A stream that ends with the permission to read it, which is looked at about once a second: a page that was left open
 * would go on showing what happens to whoever has signed out.
 *
 * @param isAllowed whether it may still be read
 */
export function endingStream(
  source: ReadableStream<Uint8Array>,
  isAllowed: () => boolean,
  every: Ticker,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let stop = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = every(() => {
          if (isAllowed()) return;
          stop();
          controller.close();
          reader.cancel().catch(() => undefined);
        });
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!isAllowed()) return;
        if (!done) return controller.enqueue(value);
        stop();
        controller.close();
      },
      async cancel(reason) {
        stop();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
