import { isLoopbackHost } from '../../shared/http/loopback.js';
import { isPublicAddress } from '../../shared/http/public-address.js';

/** Finds the addresses of a host name; none if it can't. */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** How far away a host is: on this machine, in a network of its own, or anywhere. */
const DISTANCES = ['this machine', 'a private network', 'the internet'] as const;
type Distance = (typeof DISTANCES)[number];

/**
 * Why a URL that a server named is not asked, opened or shown to a browser.
 *
 * @param url from a challenge, from metadata, or from a redirect
 * @param target the server that the user named: who is far away must not send this client to what is near
 * @param resolve looks names up; without it only what stands in the URL counts
 * @returns undefined if it may be asked
 */
export async function whyNotAsked(
  url: string,
  target: string,
  resolve?: ResolveHost,
): Promise<string | undefined> {
  const parsed = URL.parse(url);
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    return 'not sent: this is not an http or https URL';
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return 'not sent: the URL carries a user name or a password';
  }
  const server = new URL(target);
  if (parsed.hostname === server.hostname) return undefined;
  const [there, here] = [
    await distanceOf(parsed.hostname, resolve),
    await distanceOf(server.hostname, resolve),
  ];
  if (DISTANCES.indexOf(there) >= DISTANCES.indexOf(here)) return undefined;
  return there === 'this machine'
    ? 'not sent: a server elsewhere names an address on this machine'
    : 'not sent: a server on the internet names an address in a private network';
}

async function distanceOf(hostname: string, resolve: ResolveHost | undefined): Promise<Distance> {
  const host = hostname.replace(/\.$/, '');
  if (isLoopbackHost(host)) return 'this machine';
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  if (literal !== host || /^[\d.]+$/.test(literal)) return distanceOfAddress(literal);
  const addresses = (await resolve?.(host)) ?? [];
  const distances = addresses.map(distanceOfAddress);
  return DISTANCES.find((distance) => distances.includes(distance)) ?? 'the internet';
}

/** An address that says nothing else, as `0.0.0.0`, leads to this machine on some systems. */
function distanceOfAddress(address: string): Distance {
  if (isLoopbackHost(address) || /^(0\.0\.0\.0|::|::ffff:(7f|0:|127\.).*)$/i.test(address))
    return 'this machine';
  return isPublicAddress(address) ? 'the internet' : 'a private network';
}
