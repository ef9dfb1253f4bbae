import { describe, expect, it } from 'vitest';
import { isPublicAddress, mayFetchFrom } from '../../../src/shared/http/public-address.js';

describe('a public address', () => {
  it.each(['93.184.215.14', '8.8.8.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '2a00:1450:4001:82a::200e'])(
    'is %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['link-local, the metadata service of clouds', '169.254.169.254'],
    ['shared (carrier-grade NAT)', '100.64.0.1'],
    ['of protocols', '192.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['6to4 relays', '192.88.99.1'],
    ['benchmarking', '198.19.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['an old form of 127.0.0.1', '::127.0.0.1'],
    ['IPv4-mapped', '::ffff:93.184.215.14'],
    ['IPv4-mapped loopback', '::ffff:7f00:1'],
    ['IPv4-translated', '::ffff:0:7f00:1'],
    ['NAT64', '64:ff9b::a9fe:a9fe'],
    ['local NAT64', '64:ff9b:1::a9fe:a9fe'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['discard', '100::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['unique-local', 'fd00::1'],
    ['unique-local, the metadata service of clouds', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['segment routing', '5f00::1'],
    ['no address', 'localhost'],
    ['no address', ''],
  ])('is not %s: %s', (_what, address) => expect(isPublicAddress(address)).toBe(false));
});

describe('the address of a document', () => {
  it.each([
    ['app.example', '93.184.215.14', false, true],
    ['app.example', '127.0.0.1', false, false],
    ['app.example', '127.0.0.1', true, false],
    ['app.example', '10.0.0.1', true, false],
    ['localhost', '127.0.0.1', false, false],
    ['localhost', '127.0.0.1', true, true],
    ['localhost', '::1', true, true],
    ['localhost', '10.0.0.1', true, false],
    ['localhost', '93.184.215.14', true, false],
    ['127.0.0.1', '127.0.0.1', true, true],
    ['[::1]', '::1', true, true],
  ])(
    'named %s and resolved to %s, loopback allowed: %s, may be fetched from: %s',
    (host, address, allowLoopback, may) => {
      expect(mayFetchFrom(host, address, { allowLoopback })).toBe(may);
    },
  );
});
