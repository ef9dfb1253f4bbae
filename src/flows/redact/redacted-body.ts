import { visibleText } from '../parsing/html.js';
import { parseBounded } from '../parsing/bounded-json.js';
import type { TracedExchange } from '../trace/trace.js';
import type { KnownSecrets } from './known-secrets.js';
import { redactedText } from './redacted-text.js';
import { ANTI_FORGERY, PASSWORD_LIKE, SECRET_MEMBERS, SECRET_PARAMETERS } from './secret-names.js';

/** A body as it is shown. */
type Json = TracedExchange['request']['body'];

/**
 * A body without its secrets: JSON as it is, a form as an object, of a page what a person would read, other text as it is.
 *
 * @param mediaType without parameters
 * @param content the whole body
 */
export function redactedBody(mediaType: string, content: string, secrets: KnownSecrets): Json {
  const shown = shownBody(mediaType, content, secrets);
  // One of them may be in there a second time, where nothing marks it.
  return secrets.overflowed ? '[withheld: more secrets than a flow has]' : shown;
}

function shownBody(mediaType: string, content: string, secrets: KnownSecrets): Json {
  if (content === '') return null;
  if (mediaType === 'application/x-www-form-urlencoded') return redactedForm(content, secrets);
  if (mediaType === 'text/html') return redactedText(visibleText(content), secrets);
  const parsed = parseBounded(content);
  if (parsed.kind === 'too-deep') return '[withheld: JSON nested too deep to be read]';
  return parsed.kind === 'json' ? redactedJson(parsed.value, secrets) : redactedText(content, secrets);
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
    const before = shown.get(name);
    if (Array.isArray(before)) before.push(safe);
    else shown.set(name, before === undefined ? safe : [before, safe]);
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
