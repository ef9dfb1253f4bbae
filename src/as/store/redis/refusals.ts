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
  [/unknown command '?SENTINEL/i, 'it is no sentinel, whose port is 26379 mostly'],
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
 * What to do about a failure that trying again does not mend.
 *
 * @param messages what was said, by Redis, the library and Node
 * @returns a remedy, and what was said; undefined where trying again may help
 */
export function refusalOf(messages: readonly string[]): string | undefined {
  for (const [pattern, remedy] of REFUSALS) {
    const said = messages.find((message) => pattern.test(message));
    if (said !== undefined) return `${remedy} (${printable(said, 120)})`;
  }
  return undefined;
}
