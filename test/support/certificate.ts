import { generate } from 'selfsigned';
import { fetchTrusting } from '../../src/cli/trust.js';

/** PEM, as the flags take it. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/**
 * A certificate for this machine under its loopback names.
 *
 * @param signer the authority that signs it; unless given it is signed with its own key
 * @param passphrase what its key is encrypted with, if it is
 * @param name one that it is for in place of the loopback names
 * @param ended whether its time is over
 */
export async function certificateForLoopback(
  options: { signer?: Certificate; passphrase?: string; name?: string; ended?: boolean } = {},
): Promise<Certificate> {
  const { signer, passphrase, name, ended = false } = options;
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: name
          ? [{ type: 2, value: name }]
          : [
              { type: 2, value: 'localhost' },
              { type: 7, ip: '127.0.0.1' },
            ],
      },
    ],
    ...(ended && { notBeforeDate: new Date(0), notAfterDate: new Date(1000) }),
    ...(signer && { ca: signer }),
    ...(passphrase !== undefined && { passphrase }),
  });
  return { cert: made.cert, key: made.private };
}

/** An authority that signs certificates. */
export async function certificateAuthority(): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'an authority of the tests' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

/** `fetch` for which a certificate counts, and what it signed, and no other one does. */
export function fetchThatTrusts({ cert }: Certificate) {
  return fetchTrusting({ ca: [cert], allowPartialTrustChain: true });
}
