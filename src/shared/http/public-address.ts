import ipaddr from 'ipaddr.js';
import { isLoopbackHost } from './loopback.js';

/** Where IPv6 has its global unicast addresses. What is outside, as the old forms that hold an IPv4 address, is special. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address is one that anybody on the internet has the same idea of: not private, loopback, link-local,
 * shared, multicast, reserved, nor an IPv6 form that holds an IPv4 address (mapped, NAT64, 6to4, Teredo).
 *
 * @param address in text, an IPv6 one without brackets
 * @see {@link https://www.rfc-editor.org/rfc/rfc6890 RFC 6890}
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_UNICAST);
}

/**
 * Whether a document may be fetched from an address. A public name never leads to this machine: only a name that says
 * loopback may, where that is allowed.
 *
 * @param hostname as it stands in the URL
 * @param address what it resolved to
 */
export function mayFetchFrom(
  hostname: string,
  address: string,
  { allowLoopback }: { readonly allowLoopback: boolean },
): boolean {
  return isLoopbackHost(hostname) ? allowLoopback && isLoopbackHost(address) : isPublicAddress(address);
}
