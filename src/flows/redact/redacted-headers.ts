import { parseBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import { type KnownSecrets, REDACTED } from './known-secrets.js';
import { redactedText } from './redacted-text.js';
import { DROPPED_HEADERS, SECRET_HEADER } from './secret-names.js';

/**
 * Headers without their secrets, names in lower case.
 *
 * @param secretNames headers that are secret in this run beside the ones that always are
 */
export function redactedHeaders(
  all: Iterable<readonly [string, string]>,
  secrets: KnownSecrets,
  secretNames: ReadonlySet<string>,
): Record<string, string> {
  return Object.fromEntries(
    [...all].map(([written, value]) => {
      const name = written.toLowerCase();
      if (!secretNames.has(name)) return [name, redactedHeader(name, value, secrets)];
      // A server that repeats it may leave out the scheme.
      const credentials = /^\S+ +(\S+)$/.exec(value)?.[1];
      if (credentials !== undefined) secrets.mask(credentials);
      return [name, secrets.mask(value)];
    }),
  );
}

function redactedHeader(name: string, value: string, secrets: KnownSecrets): string {
  if (name === 'cookie') learnCookies(value, secrets);
  if (DROPPED_HEADERS.has(name)) return REDACTED;
  if (SECRET_HEADER.test(name)) return secrets.mask(value);
  if (name !== 'authorization') return redactedText(value, secrets);
  const [, scheme = '', credentials = ''] = /^(\S+) +(.*)$/.exec(value) ?? [];
  if (scheme.toLowerCase() === 'bearer') return `Bearer ${secrets.mask(credentials)}`;
  const basic = parseBasicCredentials(value);
  if (basic) secrets.mask(basic.secret);
  return `${scheme} ${secrets.drop(credentials)}`;
}

/** What a careless server or tool may repeat. */
function learnCookies(header: string, secrets: KnownSecrets): void {
  for (const pair of header.split(';').slice(0, MAX_COOKIES)) {
    const value = pair.slice(pair.indexOf('=') + 1).trim();
    if (value.length >= COOKIE_LENGTH) secrets.drop(value);
  }
}

/** All servers of this machine share their cookies: there may be many, and they are not to crowd out other secrets. */
const MAX_COOKIES = 30;
/** A shorter one is a setting, and stands in many texts. */
const COOKIE_LENGTH = 16;
