/** Much larger than any message of a flow or page of a login. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
/** What has to be rewritten is read as a whole first. */
export const MAX_REWRITTEN_BYTES = 4 * 1024 * 1024;
/** So much of a body is written down. */
export const MAX_RECORDED_BYTES = 64 * 1024;

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

/** What was seen of a body that went by. */
export interface SeenBody {
  /** its beginning, as text */
  readonly text: string;
  readonly truncated: boolean;
  /** why it broke off */
  readonly error?: unknown;
}

/**
 * Lets a body go by unchanged, piece by piece as it comes, and remembers its beginning.
 *
 * @param onEnd is told once, when it has ended, broke off, or nobody wants the rest of it
 */
export function seenBody(
  body: ReadableStream<Uint8Array>,
  onEnd: (seen: SeenBody) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  let ended = false;
  const end = (truncated: boolean, error?: unknown) => {
    if (ended) return;
    ended = true;
    onEnd({ text, truncated, ...(error !== undefined && { error }) });
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          end(size > MAX_RECORDED_BYTES);
          return controller.close();
        }
        const room = MAX_RECORDED_BYTES - size;
        if (room > 0) text += decoder.decode(value.subarray(0, room), { stream: true });
        size += value.byteLength;
        controller.enqueue(value);
      } catch (error) {
        end(true, error);
        controller.error(error);
      }
    },
    async cancel(reason) {
      end(true);
      await reader.cancel(reason);
    },
  });
}
