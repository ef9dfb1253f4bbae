import { ConfigurationError } from '../../../shared/configuration-error.js';
import { printable } from '../../../shared/printable.js';

const UNTRUSTED =
  'its certificate is of an authority that is not trusted; name the file of that in NODE_EXTRA_CA_CERTS';

/** What Redis or TLS says if trying again is of no use, and what the operator can do. */
const REFUSALS: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  [/WRONGPASS|invalid password/, 'it does not know this user with this password'],
  [/called without any password configured/, 'it has no password for this user; leave it out'],
  [/NOAUTH/, 'it asks for a password: redis://user:password@host'],
  [
    /NOPERM|can't run this command/,
    'its ACL does not allow this user what is needed; docs/storage.md lists it',
  ],
  [/DB index|invalid DB/i, 'it has no database of this number'],
  [/unknown command/i, 'it is older than Redis 6.2, or hides a command that is needed'],
  [/^(?:MOVED|ASK) /, 'it is a node of a cluster: write redis-cluster:// and some of its nodes'],
  [/cluster support disabled/, 'it is no cluster: write redis://'],
  [/No such master/, 'the sentinels know no master of this name'],
  [/self-signed|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|unable to (?:verify|get)/, UNTRUSTED],
  [/ALTNAME|does not match certificate/, 'its certificate is for another name'],
  [
    /wrong version number|packet length too long/i,
    'it does not speak TLS there: write redis:// or another port',
  ],
];

/**
 * Whether a failure is one that trying again does not mend.
 *
 * @param failures what was seen, the causes of errors included
 */
export function refusalOf(place: string, failures: readonly unknown[]): ConfigurationError | undefined {
  const said = failures.flatMap(messagesOf);
  for (const [pattern, remedy] of REFUSALS) {
    const message = said.find((text) => pattern.test(text));
    if (message !== undefined)
      return new ConfigurationError('store', `${place} refuses: ${remedy} (${printable(message, 120)})`);
  }
  return undefined;
}

function messagesOf(failure: unknown): string[] {
  if (!(failure instanceof Error)) return [];
  return [failure.message, ...messagesOf(failure.cause)];
}
