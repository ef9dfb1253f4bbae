/**
 * Turns work that tells as it goes into something to iterate over.
 *
 * @param work is given a function to tell with; when it ends, so does the iteration
 * @throws what `work` throws, after everything that it had told
 */
export async function* tellingAsItGoes<T>(
  work: (tell: (item: T) => void) => Promise<void>,
): AsyncGenerator<T> {
  const told: T[] = [];
  let wake = (): void => undefined;
  let ended = false;
  const working = work((item) => {
    told.push(item);
    wake();
  }).finally(() => {
    ended = true;
    wake();
  });
  // Seen below; without this the process would end on a failure that nobody has waited for yet.
  working.catch(() => undefined);
  for (;;) {
    yield* told.splice(0);
    if (told.length > 0) continue;
    if (ended) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  await working;
}
