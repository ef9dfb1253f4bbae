import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { ConfigurationError } from '../shared/configuration-error.js';

/** What a server shows who it is with, both PEM; the certificate may be followed by those that signed it. */
export interface TlsIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** What the flags of https come to. */
export interface TlsFlags {
  readonly 'tls-cert'?: string | undefined;
  readonly 'tls-key'?: string | undefined;
}

/**
 * Reads the certificate and the key that the flags name, and looks whether they belong together.
 *
 * @returns undefined if neither flag is given
 * @throws ConfigurationError that names the flag and the file, and never what is in it
 */
export function readTlsIdentity(flags: TlsFlags): TlsIdentity | undefined {
  const { 'tls-cert': certificateFile, 'tls-key': keyFile } = flags;
  if (certificateFile === undefined && keyFile === undefined) return undefined;
  if (certificateFile === undefined) throw needsOther('tls-key', 'tls-cert');
  if (keyFile === undefined) throw needsOther('tls-cert', 'tls-key');
  const certificate = readPem('tls-cert', certificateFile);
  const key = readPem('tls-key', keyFile);
  if (!parseCertificate(certificateFile, certificate).checkPrivateKey(parseKey(keyFile, key)))
    throw new ConfigurationError(
      'tls-key',
      `${keyFile} is not the key of the certificate in ${certificateFile}`,
    );
  checkUse(certificateFile, { certificate, key });
  return { certificate, key };
}

function needsOther(given: string, missing: string): ConfigurationError {
  return new ConfigurationError(
    given,
    `needs --${missing} <file> beside it: https takes a certificate and its key`,
  );
}

function readPem(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError(flag, `cannot read ${path} (${codeOf(error)})`);
  }
}

function parseCertificate(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ConfigurationError('tls-cert', `${path} holds no certificate in PEM form`);
  }
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // Both forms say so in their first lines: PKCS #8 in its label, the older one in `Proc-Type: 4,ENCRYPTED`.
    const fault = /^-----BEGIN ENCRYPTED |^Proc-Type:.*ENCRYPTED/m.test(pem)
      ? `is encrypted; write it out without its passphrase, as "openssl pkey -in ${path} -out <file>" does`
      : 'holds no private key in PEM form';
    throw new ConfigurationError('tls-key', `${path} ${fault}`);
  }
}

/** The TLS library refuses some pairs that do belong together, as one with a key of 512 bits. */
function checkUse(path: string, { certificate, key }: TlsIdentity): void {
  try {
    createSecureContext({ cert: certificate, key });
  } catch (error) {
    throw new ConfigurationError('tls-cert', `${path} cannot be used for TLS (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}
