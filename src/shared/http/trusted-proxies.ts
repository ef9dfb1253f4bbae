import { ConfigurationError } from '../configuration-error.js';
import { printable } from '../printable.js';
import { type IpAddress, parseIpAddress } from './ip-address.js';
import type { Peer } from './peer.js';

/** The address of every machine to itself. */
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** So many proxies may stand behind each other; more, and the one that is left over is taken for the client. */
const MAX_HOPS = 20;

/** `203.0.113.7`, `203.0.113.7:4711`, `[2001:db8::1]` and `[2001:db8::1]:4711`; else it is an address as it stands. */
const WITH_PORT = /^(?:\[([^[\]]+)\]|([\d.]+))(?::\d{1,5})?$/;

/** Tells who sent a request: by the other end of its connection, and by its header `X-Forwarded-For`, null without one. */
export type ClientOf = (peer: Peer, forwardedFor: string | null) => Peer;

/**
 * Makes what tells the client from the proxies in front of this server.
 *
 * Each proxy adds the address of whoever asked it to the end of `X-Forwarded-For`, so the list is read from its end, for
 * as long as those who wrote are trusted: the first who is not is the client. What stands before that may be made up.
 * What is no address ends the walk too, and the last one who is known is the client then.
 *
 * The header `Forwarded` (RFC 7239) is not looked at: a proxy that adds to the one header passes the other on as it came,
 * and then everybody could write there.
 *
 * @param proxies each `loopback`, an address, or a network as `10.0.0.0/8`
 * @throws ConfigurationError for the option `trustProxy`, that says what is wrong with one of them
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239#section-8.1 RFC 7239 §8.1} for why nobody else is believed
 */
export function createClientOf(proxies: readonly string[]): ClientOf {
  const networks = proxies.flatMap((proxy) => (proxy === 'loopback' ? LOOPBACK : [proxy])).map(parseNetwork);
  const isTrusted = (address: IpAddress): boolean =>
    networks.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));

  return (peer, forwardedFor) => {
    let client = parseIpAddress(peer.address);
    if (!client) return peer;
    const writers = forwardedFor === null ? [] : lastOf(forwardedFor);
    while (isTrusted(client)) {
      const before = addressIn(writers.pop() ?? '');
      if (!before) break;
      client = before;
    }
    return { ...peer, address: client.toString() };
  };
}

/** The entries at the end of the list, no more of them than there may be proxies. */
function lastOf(forwardedFor: string): string[] {
  const entries: string[] = [];
  let end = forwardedFor.length;
  while (end >= 0 && entries.length < MAX_HOPS) {
    const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(',', end - 1);
    entries.unshift(forwardedFor.slice(comma + 1, end).trim());
    end = comma;
  }
  return entries;
}

function addressIn(entry: string): IpAddress | undefined {
  const [, inBrackets, ipv4] = WITH_PORT.exec(entry) ?? [];
  return parseIpAddress(inBrackets ?? ipv4 ?? entry);
}

type Network = readonly [IpAddress, number];

function parseNetwork(text: string): Network {
  const [address = '', bits, ...more] = text.split('/');
  const parsed = parseIpAddress(address);
  const all = parsed?.kind() === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? all : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (!parsed || more.length > 0 || !(length >= 0 && length <= all)) {
    throw new ConfigurationError(
      'trustProxy',
      `"${printable(text, 60)}" is none of loopback, an IP address, and a network such as 10.0.0.0/8 or fd00::/8`,
    );
  }
  if (length === 0) {
    throw new ConfigurationError(
      'trustProxy',
      `${text} is everybody, who could then claim any address; name the proxies in front of this server`,
    );
  }
  return [parsed, length];
}
