import { visibleText } from '../parsing/html.js';
import { parseBounded } from '../parsing/bounded-json.js';
import type { TracedExchange } from '../trace/trace.js';
import type { KnownSecrets } from './known-secrets.js';
import { redactedText, WITHHELD } from './redacted-text.js';
import { ANTI_FORGERY, PASSWORD_LIKE, SECRET_MEMBERS, SECRET_PARAMETERS } from './secret-names.js';

/** A body as it is shown. */
type Json = TracedExchange['request']['body'];

/**
 * A body without its secrets: JSON as it is whatever its media type, a form as an object, of a page what a
 * person would read, of a stream of events the JSON in each, other text as it is.
 *
 * @param mediaType without parameters
 * @param content the whole body
 */
export function redactedBody(mediaType: string, content: string, secrets: KnownSecrets): Json {
  const known = secrets.known;
  let shown = shownBody(mediaType, content, secrets);
  // Once more: what was learned at the end of a body may be at its beginning too.
  if (secrets.known > known) shown = shownBody(mediaType, content, secrets);
  // One of them may be in there a second time, where nothing marks it.
  return secrets.overflowed ? WITHHELD : shown;
}

function shownBody(mediaType: string, content: string, secrets: KnownSecrets): Json {
  if (content === '') return null;
  // The flow reads JSON whatever the media type says, so that is what may hold its secrets.
  const parsed = parseBounded(content);
  if (parsed.kind === 'json') return redactedJson(parsed.value, secrets);
  if (mediaType === 'application/x-www-form-urlencoded') return redactedForm(content, secrets);
  if (mediaType === 'text/event-stream') return redactedEvents(content, secrets);
  if (mediaType === 'text/html') return redactedText(visibleText(content), secrets);
  if (parsed.kind === 'too-deep') return '[withheld: JSON nested too deep to be read]';
  return redactedText(content, secrets);
}

/** Events as they were sent; a line with nothing secret in it stays as it was written. */
function redactedEvents(stream: string, secrets: KnownSecrets): string {
  const lines = stream.split(/(\r\n|\n|\r)/).map((line) => {
    const [, field, data = ''] = /^(data: ?)([\s\S]+)$/.exec(line) ?? [];
    const parsed = field === undefined ? undefined : parseBounded(data);
    if (parsed?.kind !== 'json') return line;
    const safe = JSON.stringify(redactedJson(parsed.value, secrets));
    return safe === JSON.stringify(parsed.value) ? line : `${field}${safe}`;
  });
  return redactedText(lines.join(''), secrets);
}

function redactedJson(value: Json, secrets: KnownSecrets, name = ''): Json {
  if (typeof value === 'string') return redactedMember(name, value, SECRET_MEMBERS, secrets);
  if (Array.isArray(value)) return value.map((item) => redactedJson(item, secrets, name));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      redactedText(key, secrets),
      redactedJson(inner, secrets, key),
    ]),
  );
}

function redactedForm(body: string, secrets: KnownSecrets): Json {
  const shown = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(body)) {
    const safe = redactedMember(name, value, SECRET_PARAMETERS, secrets);
    const safeName = redactedText(name, secrets);
    const before = shown.get(safeName);
    if (Array.isArray(before)) before.push(safe);
    else shown.set(safeName, before === undefined ? safe : [before, safe]);
  }
  return Object.fromEntries(shown);
}

function redactedMember(
  name: string,
  value: string,
  secretNames: ReadonlySet<string>,
  secrets: KnownSecrets,
): string {
  if (value === '') return value;
  if (secretNames.has(name)) return secrets.mask(value);
  if (PASSWORD_LIKE.test(name)) return secrets.drop(value);
  if (ANTI_FORGERY.test(name)) return secrets.mask(value);
  return redactedText(value, secrets);
}
