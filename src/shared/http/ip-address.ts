import ipaddr from 'ipaddr.js';

/** Longer than any address with its zone is written by those who mean well. */
const MAX_LENGTH = 64;

/** The bits of an IPv6 address that its owner cannot choose freely: whoever has one address has the rest of its /64. */
const OWNED_BITS = 64;

/** An IP address as it is compared: an IPv4 one is never inside of an IPv6 one, and there is no zone. */
export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Reads an IP address. What is short for one (`127.1`), octal or hexadecimal IPv4 is none: two readers could differ on
 * it.
 *
 * @param text without brackets and port; an IPv6 address may have a zone, which is left out
 * @returns undefined if it is none
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (!text.includes(':')) {
    return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : undefined;
  }
  const [bare = ''] = text.split('%');
  if (!ipaddr.IPv6.isValid(bare)) return undefined;
  const address = ipaddr.IPv6.parse(bare);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/**
 * Whom the requests from an address are counted as: an IPv4 address by itself, an IPv6 address with all of its /64, as
 * networks give nobody less than that.
 *
 * @param address as text; whatever is no IP address is counted as it is written
 * @returns as `203.0.113.7` or `2001:db8:0:1::/64`
 * @see {@link https://www.rfc-editor.org/rfc/rfc6177 RFC 6177} for what a site is given
 */
export function addressBlock(address: string): string {
  const parsed = parseIpAddress(address);
  if (!parsed) return address.slice(0, MAX_LENGTH);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${OWNED_BITS}`).toString()}/${OWNED_BITS}`;
}
