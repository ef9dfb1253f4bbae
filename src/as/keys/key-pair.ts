import * as z from 'zod';
import type { AuthorizationServerConfig } from '../config/index.js';

const JWK = z.object({ kty: z.string() }).catchall(z.string());

/** A JSON Web Key whose members are all strings, as those of one RSA or EC key are. */
export type Jwk = Readonly<z.infer<typeof JWK>>;

/** Reads a key from its JSON. @throws Error if it is none */
export function parseJwk(json: string): Jwk {
  return JWK.parse(JSON.parse(json));
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-6 RFC 7518 §6} */
const PUBLIC_MEMBERS: ReadonlySet<string> = new Set(['crv', 'x', 'y', 'n', 'e']);

/**
 * Makes a key pair.
 *
 * @returns the private key, and the thumbprint of the public one as its name
 * @see {@link https://www.rfc-editor.org/rfc/rfc7638#section-3 RFC 7638 §3}
 */
export async function newKeyPair(
  alg: AuthorizationServerConfig['signingAlg'],
): Promise<{ readonly kid: string; readonly key: Jwk }> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const exported = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(exported), key: JWK.parse(exported) };
}

/** The half of a key that everybody may know: members are let through by name, so a new private one stays inside. */
export function publicHalf({ kty, ...members }: Jwk): Jwk {
  return {
    kty,
    ...Object.fromEntries(Object.entries(members).filter(([member]) => PUBLIC_MEMBERS.has(member))),
  };
}
