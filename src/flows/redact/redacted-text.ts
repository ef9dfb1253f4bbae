import type { KnownSecrets } from './known-secrets.js';
import { SECRET_MEMBERS, SECRET_PARAMETERS } from './secret-names.js';

/** The secret part of `name=value` in any URL inside a text. */
const IN_URL = new RegExp(`([?&#;](?:${[...SECRET_PARAMETERS].join('|')})=)([^&#\\s"'<>]+)`, 'g');

/** The secret part of JSON that can't be read as such, because it was cut off or is part of something else. */
const IN_JSON = new RegExp(
  `("(?:${[...SECRET_MEMBERS].join('|')})"\\s{0,9}:\\s{0,9}")((?:[^"\\\\]|\\\\.)+)`,
  'g',
);

/** User name and password in a URL. */
const USER_IN_URL = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'<>]{1,2000}@/gi;

/** What takes the place of a text or a body that may hold a secret which was not remembered. */
export const WITHHELD = '[withheld: more secrets than a flow has]';

/** A text that may have URLs, JSON and secrets of the run in it, without the secret parts. */
export function redactedText(text: string, secrets: KnownSecrets): string {
  let safe = text;
  // Most texts have none of what these look for, and to look for a character costs next to nothing.
  if (safe.includes('=')) {
    safe = safe.replace(
      IN_URL,
      (_whole, name: string, secret: string) => name + secrets.mask(decoded(secret)),
    );
  }
  if (safe.includes('"')) {
    safe = safe.replace(IN_JSON, (_whole, name: string, secret: string) => name + secrets.mask(secret));
  }
  if (safe.includes('@'))
    safe = safe.replace(USER_IN_URL, (_whole, scheme: string) => `${scheme}[redacted]@`);
  return secrets.overflowed ? WITHHELD : secrets.hide(safe);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
