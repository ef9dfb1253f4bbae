import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/shared/configuration-error.js';
import { addressBlock, parseIpAddress } from '../../../src/shared/http/ip-address.js';
import { createClientOf } from '../../../src/shared/http/trusted-proxies.js';

/** Who sent a request that came by a connection from `address`. */
function clientOf(
  address: string,
  forwardedFor: string | null,
  proxies = ['loopback', '10.0.0.0/8'],
): string {
  return createClientOf(proxies)({ address, port: 4711 }, forwardedFor).address;
}

describe('the client behind proxies', () => {
  it.each([
    ['is the other end where no proxy wrote anything', '127.0.0.1', null, '127.0.0.1'],
    ['is whom the proxy names', '127.0.0.1', '203.0.113.7', '203.0.113.7'],
    [
      'is the other end where that is no proxy, whatever it claims',
      '198.51.100.9',
      '203.0.113.7',
      '198.51.100.9',
    ],
    ['is whom the outermost trusted proxy names', '127.0.0.1', '203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['is not whom it claims to be itself', '127.0.0.1', '192.0.2.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['is the proxy whose entry is no address', '127.0.0.1', '192.0.2.1, unknown, 10.1.2.3', '10.1.2.3'],
    ['is the proxy whose entry is empty', '127.0.0.1', '192.0.2.1, , 10.1.2.3', '10.1.2.3'],
    ['is the first proxy where all are trusted', '127.0.0.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['is the proxy where the header is empty', '127.0.0.1', '', '127.0.0.1'],
    ['is found by an IPv4 address inside of IPv6', '::ffff:127.0.0.1', '::ffff:203.0.113.7', '203.0.113.7'],
    ['is found by ::1', '::1', '2001:db8::7', '2001:db8::7'],
    ['may come with its port', '127.0.0.1', '203.0.113.7:5555', '203.0.113.7'],
    ['may come in brackets', '127.0.0.1', '[2001:DB8::7]', '2001:db8::7'],
    ['may come in brackets with its port', '127.0.0.1', '[2001:db8:0:0::7]:5555', '2001:db8::7'],
    ['has no zone', '127.0.0.1', 'fe80::7%eth0', 'fe80::7'],
    ['is written in one way only: no octal', '127.0.0.1', '0313.0.113.7', '127.0.0.1'],
    ['is written in one way only: no short form', '127.0.0.1', '203.7', '127.0.0.1'],
    ['is written in one way only: no number', '127.0.0.1', '3405803783', '127.0.0.1'],
    ['is no name', '127.0.0.1', 'localhost', '127.0.0.1'],
    ['is no obfuscated identifier', '127.0.0.1', '_hidden', '127.0.0.1'],
    ['is nothing endless', '127.0.0.1', `::${'1'.repeat(500)}`, '127.0.0.1'],
  ])('%s', (_what, peer, header, expected) => {
    expect(clientOf(peer, header)).toBe(expected);
  });

  it('is looked for through twenty proxies, and no further', () => {
    const proxies = (count: number) => Array.from({ length: count }, (_, at) => `10.0.0.${at}`);
    expect(clientOf('127.0.0.1', ['203.0.113.7', ...proxies(19)].join(','))).toBe('203.0.113.7');
    expect(clientOf('127.0.0.1', ['203.0.113.7', ...proxies(20)].join(','))).toBe('10.0.0.0');
    expect(clientOf('127.0.0.1', '203.0.113.7,'.repeat(100_000) + '203.0.113.8')).toBe('203.0.113.8');
  });

  it('keeps the port of the connection', () => {
    expect(createClientOf(['loopback'])({ address: '::1', port: 4711 }, '203.0.113.7')).toEqual({
      address: '203.0.113.7',
      port: 4711,
    });
  });

  const anyAddress = fc.oneof(fc.ipV4(), fc.ipV6());

  it('can not be chosen by a client, whatever it writes into the header', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (written, client) => {
        fc.pre(!client.startsWith('10.') && !client.startsWith('127.'));
        // As proxies do: what came is kept, and the address that it came from is added.
        expect(clientOf('127.0.0.1', `${written}, ${client}, 10.0.0.5`)).toBe(client);
        expect(clientOf(client, written)).toBe(client);
      }),
    );
  });

  it('is always an address in its one spelling, whatever the header holds', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyAddress, fc.string())), anyAddress, (entries, peer) => {
        const found = clientOf(peer, entries.join(','), ['loopback', '0.0.0.0/1', '::/1']);
        expect(parseIpAddress(found)?.toString()).toBe(found);
        expect(found.length).toBeLessThan(46);
      }),
    );
  });
});

describe('a list of trusted proxies', () => {
  it.each([
    'everybody',
    '*',
    '1',
    'true',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fd00::/129',
    '::ffff:10.0.0.0/104',
    'proxy.example',
    '10.1',
  ])('refuses %s, and says what it takes', (proxy) => {
    expect(() => createClientOf([proxy])).toThrow(ConfigurationError);
    expect(() => createClientOf([proxy])).toThrow(/is none of loopback, an IP address, and a network/);
  });

  it.each(['0.0.0.0/0', '::/0'])('refuses %s, with which everybody could be anybody', (proxy) => {
    expect(() => createClientOf([proxy])).toThrow(/is everybody/);
  });

  it.each([
    ['fd00::/8', 'fd12::1'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/8', '10.9.9.9'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['loopback', '127.8.9.10'],
  ])('%s trusts %s', (proxy, address) => {
    expect(clientOf(address, '203.0.113.7', [proxy])).toBe('203.0.113.7');
    expect(clientOf('198.51.100.1', '203.0.113.7', [proxy])).toBe('198.51.100.1');
  });
});

describe('whom requests are counted as', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['', ''],
  ])('%s is %s', (address, block) => {
    expect(addressBlock(address)).toBe(block);
  });
});
