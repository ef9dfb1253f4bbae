import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTlsIdentity } from '../../src/cli/tls.js';
import { ConfigurationError } from '../../src/shared/configuration-error.js';
import { certificateAuthority, certificateForLoopback } from '../support/certificate.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  const [own, other, authority] = [
    await certificateForLoopback(),
    await certificateForLoopback(),
    await certificateAuthority(),
  ];
  const signed = await certificateForLoopback({ signer: authority });
  const encrypted = await certificateForLoopback({ passphrase: 'the-passphrase' });
  const files = {
    'own.crt': own.cert,
    'own.key': own.key,
    'other.key': other.key,
    'chain.crt': `${signed.cert}\n${authority.cert}`,
    'chain.key': signed.key,
    'encrypted.crt': encrypted.cert,
    'encrypted.key': encrypted.key,
    'nonsense.pem': 'no PEM, and secret',
    'cut.crt': own.cert.slice(0, 200),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});

function flags(cert: string | undefined, key: string | undefined) {
  return {
    ...(cert !== undefined && { 'tls-cert': join(folder, cert) }),
    ...(key !== undefined && { 'tls-key': join(folder, key) }),
  };
}

describe('the certificate and key of --tls-cert and --tls-key', () => {
  it('are read, those that signed the certificate too', () => {
    expect(readTlsIdentity(flags('own.crt', 'own.key'))?.certificate).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(readTlsIdentity(flags('chain.crt', 'chain.key'))?.certificate.match(/BEGIN/g)).toHaveLength(2);
  });

  it('are none without the flags', () => {
    expect(readTlsIdentity({})).toBeUndefined();
  });

  it.each([
    ['own.crt', undefined, 'tls-cert', /^needs --tls-key <file>/],
    [undefined, 'own.key', 'tls-key', /^needs --tls-cert <file>/],
    ['none.crt', 'own.key', 'tls-cert', /^cannot read .*none\.crt \(ENOENT\)$/],
    ['own.crt', '.', 'tls-key', /^cannot read .* \(EISDIR\)$/],
    ['nonsense.pem', 'own.key', 'tls-cert', /nonsense\.pem holds no certificate/],
    ['own.key', 'own.key', 'tls-cert', /own\.key holds no certificate/],
    ['cut.crt', 'own.key', 'tls-cert', /cut\.crt holds no certificate/],
    ['own.crt', 'nonsense.pem', 'tls-key', /nonsense\.pem holds no private key/],
    ['own.crt', 'own.crt', 'tls-key', /own\.crt holds no private key/],
    ['own.crt', 'other.key', 'tls-key', /other\.key is not the key of the certificate in .*own\.crt$/],
    ['encrypted.crt', 'encrypted.key', 'tls-key', /encrypted\.key is encrypted; .*openssl pkey/],
  ])(
    '%s and %s are refused by the flag %s, in one line, and nothing of them is told',
    (cert, key, flag, line) => {
      const fault = (() => {
        try {
          return readTlsIdentity(flags(cert, key));
        } catch (error) {
          return error;
        }
      })();
      if (!(fault instanceof ConfigurationError)) throw new Error('no ConfigurationError');
      expect(fault.option).toBe(flag);
      expect(fault.message).toMatch(line);
      expect(fault.message).not.toMatch(/\n|secret|-----/);
    },
  );
});
