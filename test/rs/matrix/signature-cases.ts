import type { RefusalReason } from '../../../src/shared/oauth/errors.js';
import { bearer, both, differing, GOOD, invalid, type MatrixCase } from './case.js';
import {
  claims,
  es256,
  es256AsDer,
  HEADER,
  hs256,
  type Issuer,
  type Jwt,
  jwt,
  KEYS,
  part,
  rs256,
  signedAs,
} from './issuer.js';

const NOT_ISSUED = 'the authorization server does not know it, and need not say why';
const VOUCHED = 'at introspection the authorization server vouches for it, whatever its form';

/** A token that somebody else made: introspection calls it inactive, and this is what is wrong with it as a JWT. */
const forged = (name: string, token: Jwt | (() => string), reason: RefusalReason): MatrixCase =>
  differing(name, () => bearer(typeof token === 'function' ? token() : jwt(token)), {
    introspection: invalid('token_inactive'),
    jwt: invalid(reason),
    because: NOT_ISSUED,
  });

/** A token that the authorization server has issued, in a form that is not one of RFC 9068. */
const odd = (name: string, header: Readonly<Record<string, unknown>>, reason: RefusalReason): MatrixCase =>
  differing(name, (issuer) => bearer(issuer.issues({}, header)), {
    introspection: GOOD,
    jwt: invalid(reason),
    because: VOUCHED,
  });

const attacker = es256(KEYS.attacker.privateKey);
const attackerJwk = KEYS.attacker.publicKey.export({ format: 'jwk' });
const ownPem = KEYS.own.publicKey.export({ format: 'pem', type: 'spki' });
const ownJwk = JSON.stringify(KEYS.own.publicKey.export({ format: 'jwk' }));

/** A good token with one of its three parts replaced. */
function withPart(at: 0 | 1 | 2, change: (value: string) => string): string {
  return jwt()
    .split('.')
    .map((value, index) => (index === at ? change(value) : value))
    .join('.');
}

/** The other signature that ECDSA has for the same text: (r, n − s). */
function twin(signature: string): string {
  const n = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
  const bytes = Buffer.from(signature, 'base64url');
  const s = n - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  return Buffer.concat([
    bytes.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
  ]).toString('base64url');
}

/** The same bytes, spelled with another last character: four bits of it do not count. */
function respelled(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1)!) + 1]!;
}

/** Which algorithm a token is signed with. */
export const ALGORITHM_CASES = [
  ...['none', 'None', 'NONE', 'nOnE'].map((alg) =>
    forged(
      `alg: ${alg}, and no signature`,
      { header: { ...HEADER, alg }, signer: signedAs('') },
      'token_algorithm_not_allowed',
    ),
  ),
  forged(
    'alg: none, and the signature of a good token',
    { header: { ...HEADER, alg: 'none' } },
    'token_algorithm_not_allowed',
  ),
  forged(
    'alg: HS256, with the public key in PEM as the secret',
    { header: { ...HEADER, alg: 'HS256' }, signer: hs256(ownPem) },
    'token_algorithm_not_allowed',
  ),
  forged(
    'alg: HS256, with the public JWK as the secret',
    { header: { ...HEADER, alg: 'HS256' }, signer: hs256(ownJwk) },
    'token_algorithm_not_allowed',
  ),
  forged(
    'alg: HS256, with an empty secret',
    { header: { ...HEADER, alg: 'HS256' }, signer: hs256('') },
    'token_algorithm_not_allowed',
  ),
  forged('alg: es256', { header: { ...HEADER, alg: 'es256' } }, 'token_algorithm_not_allowed'),
  forged('alg: a list', { header: { ...HEADER, alg: ['ES256'] } }, 'token_not_a_jwt'),
  forged('alg: missing', { header: { typ: 'at+jwt', kid: 'key-1' } }, 'token_not_a_jwt'),
  forged(
    'alg: RS256, by a key of somebody else, under the name of ours',
    { header: { ...HEADER, alg: 'RS256' }, signer: rs256 },
    'token_key_unknown',
  ),
];

/** By whom it is signed, and with which key. */
export const KEY_CASES = [
  forged('signed by somebody else', { signer: attacker }, 'token_signature_invalid'),
  forged(
    'signed by somebody else, without a kid',
    { header: { typ: 'at+jwt', alg: 'ES256' }, signer: attacker },
    'token_signature_invalid',
  ),
  forged(
    'signed by somebody else, under a name of their own',
    { header: { ...HEADER, kid: 'attacker' }, signer: attacker },
    'token_key_unknown',
  ),
  forged(
    'signed by the right key under a wrong name',
    { header: { ...HEADER, kid: 'key-2' } },
    'token_key_unknown',
  ),
  forged(
    'a kid that is a path',
    { header: { ...HEADER, kid: '../../dev/null' }, signer: attacker },
    'token_key_unknown',
  ),
  forged('a kid that is a number', { header: { ...HEADER, kid: 1 }, signer: attacker }, 'token_key_unknown'),
  forged(
    'jwk: the key is in the header',
    { header: { ...HEADER, jwk: attackerJwk }, signer: attacker },
    'token_signature_invalid',
  ),
  forged(
    'jku: the URL of a key is in the header',
    { header: { ...HEADER, jku: 'https://attacker.example/jwks', kid: 'attacker' }, signer: attacker },
    'token_key_unknown',
  ),
  forged(
    'x5u: the URL of a certificate is in the header',
    { header: { ...HEADER, x5u: 'https://attacker.example/cert' }, signer: attacker },
    'token_signature_invalid',
  ),
  forged(
    'x5c: a certificate is in the header',
    { header: { ...HEADER, x5c: ['MIIBszCCAVmg'] }, signer: attacker },
    'token_signature_invalid',
  ),
  both(
    'signed by the right key, without a kid',
    (issuer: Issuer) => bearer(issuer.issues({}, { kid: undefined })),
    GOOD,
  ),
  both(
    'signed by the right key, with a jwk that is not looked at',
    (issuer: Issuer) => bearer(issuer.issues({}, { jwk: attackerJwk })),
    GOOD,
  ),
];

/** A good token that was changed on its way. */
export const DAMAGE_CASES = [
  forged(
    'another user in the payload',
    () => withPart(1, () => part(claims({ sub: 'admin' }))),
    'token_signature_invalid',
  ),
  forged(
    'another scope in the payload',
    () => withPart(1, () => part(claims({ scope: 'user admin' }))),
    'token_signature_invalid',
  ),
  forged(
    'another member in the header',
    () => withPart(0, () => part({ ...HEADER, x: 1 })),
    'token_signature_invalid',
  ),
  forged(
    'the signature of another token',
    () => withPart(2, () => jwt({ payload: claims({ jti: 'other' }) }).split('.')[2]!),
    'token_signature_invalid',
  ),
  forged('an empty signature', () => withPart(2, () => ''), 'token_signature_invalid'),
  forged(
    'a signature of zeros',
    () => withPart(2, () => Buffer.alloc(64).toString('base64url')),
    'token_signature_invalid',
  ),
  forged(
    'a signature of ones too many',
    () => withPart(2, () => Buffer.alloc(64, 255).toString('base64url')),
    'token_signature_invalid',
  ),
  forged(
    'a signature that is cut short',
    () => withPart(2, (value) => value.slice(0, -2)),
    'token_signature_invalid',
  ),
  forged('a signature in DER', { signer: es256AsDer }, 'token_signature_invalid'),
  forged(
    'the signature spelled with another last character',
    () => withPart(2, respelled),
    'token_not_a_jwt',
  ),
  forged('no signature, and no dot before it', () => withPart(2, () => '').slice(0, -1), 'token_not_a_jwt'),
  forged('a fourth part', () => `${jwt()}.x`, 'token_not_a_jwt'),
  differing('the other signature that ECDSA has for the same text', () => bearer(withPart(2, twin)), {
    introspection: invalid('token_inactive'),
    jwt: GOOD,
    because: 'it is a signature of the same claims by the same key, and whoever has the token can make it',
  }),
];

/** What a token says of its own form. */
export const FORM_CASES = [
  odd('typ: JWT', { typ: 'JWT' }, 'token_type_wrong'),
  odd('typ: missing', { typ: undefined }, 'token_type_wrong'),
  odd('typ: that of a logout token', { typ: 'logout+jwt' }, 'token_type_wrong'),
  odd('typ: that of a DPoP proof', { typ: 'dpop+jwt' }, 'token_type_wrong'),
  odd('crit: an extension', { crit: ['b64'], b64: true }, 'token_extension_unknown'),
  odd('crit: an empty list', { crit: [] }, 'token_extension_unknown'),
  odd('cty: JWT', { cty: 'JWT' }, 'token_is_nested'),
  both(
    'typ: application/at+jwt',
    (issuer: Issuer) => bearer(issuer.issues({}, { typ: 'application/at+jwt' })),
    GOOD,
  ),
  both('typ: AT+JWT', (issuer: Issuer) => bearer(issuer.issues({}, { typ: 'AT+JWT' })), GOOD),
  forged(
    'an encrypted JWT',
    () => `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a2V5.aXY.Y2lwaGVydGV4dA.dGFn`,
    'token_is_encrypted',
  ),
  forged('a header that is no JSON', { header: 'not json' }, 'token_not_a_jwt'),
  forged('a header that is a list', { header: [HEADER] }, 'token_not_a_jwt'),
  forged('a header that is a text', { header: '"ES256"' }, 'token_not_a_jwt'),
  forged('a payload that is no JSON', { payload: 'not json' }, 'issuer_mismatch'),
  forged('a payload that is a list', { payload: [claims()] }, 'issuer_mismatch'),
  forged('a payload that is null', { payload: null }, 'issuer_mismatch'),
];
