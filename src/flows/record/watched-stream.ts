/** What a stream carried, as far as it was taken down. */
export interface Passed {
  readonly text: string;
  /** whether there was more than was taken down, or it goes on */
  readonly truncated: boolean;
}

/** A stream that is looked at while it goes by. */
export interface WatchedStream {
  /** to be sent instead of the one that is watched */
  readonly stream: ReadableStream<Uint8Array>;
  /** Tells what has passed by now and stops to take it down. Does nothing once it has told. */
  readonly tellNow: () => void;
}

/** More of an answer says nothing about its flow. */
const MAX_BYTES = 64 * 1024;

/**
 * Takes down the beginning of a stream without holding anything back: each chunk is asked for when the reader asks for it,
 * and the source hears at once when the reader goes away.
 *
 * @param onTold called once: at the end, when the reader goes away, when the source fails, or by `tellNow`
 */
export function watchStream(
  source: ReadableStream<Uint8Array>,
  onTold: (passed: Passed) => void,
): WatchedStream {
  const reader = source.getReader();
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  let told = false;

  function tell(ended: boolean): void {
    if (told) return;
    told = true;
    const text = Buffer.concat(chunks).subarray(0, MAX_BYTES).toString('utf8');
    chunks = [];
    onTold({ text, truncated: !ended || bytes > MAX_BYTES });
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          tell(false);
          throw error;
        });
        if (done) {
          tell(true);
          controller.close();
          return;
        }
        if (!told && bytes < MAX_BYTES) chunks.push(value);
        bytes += value.byteLength;
        controller.enqueue(value);
      },
      async cancel(reason) {
        tell(false);
        await reader.cancel(reason);
      },
    },
    // Nothing is read ahead of the reader.
    { highWaterMark: 0 },
  );
  return { stream, tellNow: () => tell(false) };
}
