import { visibleText } from '../parsing/html.js';
import { parseBounded } from '../parsing/bounded-json.js';
import type { TracedExchange } from '../trace/trace.js';
import { type KnownSecrets, REDACTED } from './known-secrets.js';
import { hidden, redactedText, WITHHELD } from './redacted-text.js';
import { secrecyOf } from './secret-names.js';

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
  if (mediaType.startsWith('multipart/')) return `[withheld: ${mediaType}]`;
  if (isPage(mediaType, content)) return redactedText(visibleText(content), secrets);
  if (parsed.kind === 'too-deep') return '[withheld: JSON nested too deep to be read]';
  return redactedText(content, secrets);
}

/** Browsers take what has no type for a page if it looks like one. */
function isPage(mediaType: string, content: string): boolean {
  return mediaType === ''
    ? /^\s*</.test(content)
    : /^(?:text\/html|application\/xhtml\+xml)$/.test(mediaType);
}

/** Events as they were sent; a line with nothing secret in it stays as it was written. */
function redactedEvents(stream: string, secrets: KnownSecrets): string {
  learnFromBrokenLines(stream, secrets);
  const lines = stream.split(/(\r\n|\n|\r)/).map((line) => {
    const [, field, data = ''] = /^(data: ?)([\s\S]+)$/.exec(line) ?? [];
    const parsed = field === undefined ? undefined : parseBounded(data);
    if (parsed?.kind !== 'json') return line;
    const safe = JSON.stringify(redactedJson(parsed.value, secrets));
    return safe === JSON.stringify(parsed.value) ? line : `${field}${safe}`;
  });
  return redactedText(lines.join(''), secrets);
}

/** JSON that an event carries in several lines. */
function learnFromBrokenLines(stream: string, secrets: KnownSecrets): void {
  for (const event of stream.split(/(?:\r\n|\n|\r){2}/)) {
    const data = event.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
    const parsed = data.length < 2 ? undefined : parseBounded(data.map((line) => line.slice(5)).join('\n'));
    if (parsed?.kind === 'json') redactedJson(parsed.value, secrets);
  }
}

function redactedJson(value: Json, secrets: KnownSecrets, name = ''): Json {
  if (typeof value === 'string') return redactedMember(name, value, 'member', secrets);
  if (typeof value === 'number' && secrecyOf(name, '', 'member') === 'drop') return REDACTED;
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
    const safe = redactedMember(name, value, 'parameter', secrets);
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
  place: 'member' | 'parameter',
  secrets: KnownSecrets,
): string {
  const secrecy = secrecyOf(name, value, place);
  if (value === '') return value;
  return secrecy === undefined ? redactedText(value, secrets) : hidden(value, secrecy, secrets);
}
