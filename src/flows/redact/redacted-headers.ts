import { parseBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import { type KnownSecrets, REDACTED } from './known-secrets.js';
import { redactedText } from './redacted-text.js';
import { DROPPED_HEADERS } from './secret-names.js';

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
  if (DROPPED_HEADERS.has(name)) return REDACTED;
  if (name === 'mcp-session-id') return secrets.mask(value);
  if (name !== 'authorization') return redactedText(value, secrets);
  const [, scheme = '', credentials = ''] = /^(\S+) +(.*)$/.exec(value) ?? [];
  if (scheme.toLowerCase() === 'bearer') return `Bearer ${secrets.mask(credentials)}`;
  const basic = parseBasicCredentials(value);
  if (basic) secrets.mask(basic.secret);
  return `${scheme} ${secrets.drop(credentials)}`;
}
