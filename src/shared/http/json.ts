/** Parses JSON that came from outside; undefined, which JSON has no word for, if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
