import { printable } from '../../../shared/printable.js';

const UNTRUSTED =
  'its certificate is of an authority that is not trusted; name the file of that in NODE_EXTRA_CA_CERTS';

/** Where TLS was meant to be, and is not. */
export const PLAIN_THERE = 'it speaks no TLS there: write redis… in place of rediss…, or its port for TLS';
/** Where none was meant to be, and is. */
export const TLS_THERE = 'it speaks TLS there: write rediss… in place of redis…';

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
  [
    /ALTNAME|does not match certificate/,
    'its certificate is for another name; write a name or an address that is in it',
  ],
  [/certificate has expired|CERT_HAS_EXPIRED/, 'its certificate has ended, and needs to be renewed'],
  [/certificate is not yet valid|CERT_NOT_YET/, 'its certificate is not valid yet; look at the clocks'],
  [
    /certificate required/,
    'it asks its clients for certificates, and this one has none: set tls-auth-clients no',
  ],
  [
    /handshake failure|protocol version|unsupported protocol/,
    'it has no TLS in common with this one, or asks its clients for certificates: set tls-auth-clients no',
  ],
  [/wrong version number|packet length too long/i, PLAIN_THERE],
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
