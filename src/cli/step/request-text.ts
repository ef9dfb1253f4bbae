/** A request, as the flows send it. */
export interface EditableRequest<Method extends string> {
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as a text that a person can edit: method and URL, the headers one a line, an empty line, the body. */
export function requestText({ method, url, headers, body }: EditableRequest<string>): string {
  const lines = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  return `${lines.join('\n')}\n\n${body === undefined || body === '' ? '' : `${body}\n`}`;
}

/** What came out of an edited text. */
export type ParsedRequest<Method extends string> =
  | { readonly ok: true; readonly request: EditableRequest<Method> }
  /** what is wrong, and in which line; nothing of the text is repeated, since it holds secrets */
  | { readonly ok: false; readonly fault: string };

/**
 * Reads what {@link requestText} wrote, after somebody has edited it. The one line end that editors add to the body is
 * not part of it.
 *
 * @param methods that can be sent
 */
export function parseRequestText<Method extends string>(
  text: string,
  methods: readonly Method[],
): ParsedRequest<Method> {
  const [head = '', ...rest] = text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n/);
  const [first = '', ...headerLines] = head.replace(/^\n+/, '').trimEnd().split('\n');
  const [, word = '', url = ''] = /^(\S+)[ \t]+(\S+)$/.exec(first.trim()) ?? [];
  const method = methods.find((known) => known === word.toUpperCase());
  if (method === undefined)
    return { ok: false, fault: `line 1 must be a method (${methods.join(', ')}) and a URL` };
  if (URL.parse(url) === null) return { ok: false, fault: 'the URL in line 1 cannot be read' };
  const headers: Record<string, string> = {};
  for (const [index, line] of headerLines.entries()) {
    const [, name = '', value = ''] = /^([^:\s]+)[ \t]*:(.*)$/.exec(line) ?? [];
    if (!isHeader(name, value.trim()))
      return { ok: false, fault: `line ${index + 2} is not a header like name: value` };
    headers[name.toLowerCase()] = value.trim();
  }
  const body = rest.join('\n\n').replace(/\n$/, '');
  if (method === 'GET' && body !== '') return { ok: false, fault: 'a GET request has no body' };
  return { ok: true, request: { method, url, headers, ...(body !== '' && { body }) } };
}

function isHeader(name: string, value: string): boolean {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}
