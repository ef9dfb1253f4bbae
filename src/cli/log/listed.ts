/** A list for a sentence: `none` where it is empty. */
export function listed(values: readonly string[], none = 'none'): string {
  return values.length === 0 ? none : values.join(', ');
}
