/** Much larger than any message of a flow or page of a login. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
/** What has to be rewritten is read as a whole first. */
export const MAX_REWRITTEN_BYTES = 4 * 1024 * 1024;
/** Of so much of a body is looked for what it says. */
export const MAX_RECORDED_CHARACTERS = 64 * 1024;

/** Reads a body up to a limit. @returns undefined if there is more */
export async function boundedBody(
  message: Request | Response,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!message.body) return new Uint8Array(0);
  if (Number(message.headers.get('content-length') ?? 0) > maxBytes) return undefined;
  const reader = message.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(chunks, size);
    size += value.byteLength;
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

/** A body that just ends where the proxy ends, instead of breaking off: nobody is to be told of an error then. */
export function endingWith(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          if (!signal.aborted) throw error;
          controller.close();
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
