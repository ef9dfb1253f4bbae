/** An answer that goes on until somebody ends it. */
export interface EventStream {
  /** what goes to the client in place of the answer that is watched */
  readonly response: Response;
  /** Says what to do when it is over, whoever ended it; at once if it is. */
  onEnd(run: () => void): void;
  /**
   * Ends it, after what was sent before.
   *
   * @param lastWords an event to send at last
   */
  end(lastWords?: string): void;
}

/**
 * Watches an answer that is a stream of events, to know when it is over: by itself, by `end`, or because the client
 * dropped it.
 *
 * @param dropped aborted when the client is gone, which an answer that nobody reads does not notice
 * @returns undefined if the answer is something else
 */
export function watchEventStream(response: Response, dropped: AbortSignal): EventStream | undefined {
  const { body, status, headers } = response;
  if (body === null || !headers.get('content-type')?.startsWith('text/event-stream')) return undefined;
  const { body: watched, onEnd, end } = watchBody(body);
  const drop = (): void => end();
  dropped.addEventListener('abort', drop);
  onEnd(() => dropped.removeEventListener('abort', drop));
  if (dropped.aborted) drop();
  return { response: new Response(watched, { status, headers }), onEnd, end };
}

function watchBody(source: ReadableStream<Uint8Array>) {
  const reader = source.getReader();
  const toRun: (() => void)[] = [];
  let over = false;
  const finish = (): void => {
    over = true;
    for (const run of toRun.splice(0)) run();
  };
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
      },
      async pull() {
        const { done, value } = await reader.read().catch((broken: unknown) => {
          finish();
          throw broken;
        });
        if (over) return;
        if (!done) return controller.enqueue(value);
        finish();
        controller.close();
      },
      async cancel(reason) {
        finish();
        await reader.cancel(reason);
      },
    },
    // Nothing is taken from the source before somebody asks for it: what waits, waits there.
    { highWaterMark: 0 },
  );
  return {
    body,
    onEnd(run: () => void): void {
      if (over) run();
      else toRun.push(run);
    },
    end(lastWords?: string): void {
      if (over) return;
      finish();
      void reader.cancel();
      if (lastWords !== undefined) controller.enqueue(new TextEncoder().encode(lastWords));
      controller.close();
    },
  };
}
