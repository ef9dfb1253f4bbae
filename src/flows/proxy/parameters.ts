/** Changes values in a query or form, and leaves what it does not change as it was written. */
export function mapParameters(text: string, change: (name: string, value: string) => string): string {
  return text
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 0) return pair;
      const value = decoded(pair.slice(equals + 1));
      const changed = change(decoded(pair.slice(0, equals)), value);
      return changed === value ? pair : `${pair.slice(0, equals)}=${encodeURIComponent(changed)}`;
    })
    .join('&');
}

/** A URL with the values of its query, and of a fragment that looks like one, changed as by {@link mapParameters}. */
export function mapUrlParameters(url: string, change: (name: string, value: string) => string): string {
  const [, beginning = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(url) ?? [url, url];
  const mapped = (part: string) => part.slice(0, 1) + mapParameters(part.slice(1), change);
  return beginning + mapped(query) + mapped(fragment);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
