import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import type { ResourceServerDeps, ResourceServerOptions } from '../../src/rs/index.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { createWorld, ISSUER, NOW, RESOURCE } from './support.js';

/** A key of an authorization server: what signs, and what it publishes of it. */
export interface TestKey {
  readonly alg: string;
  /** null for a key without a name */
  readonly kid: string | null;
  readonly privateKey: CryptoKey | Uint8Array;
  readonly jwk: JWK;
}

/** To make an RSA key takes half a second, so there is one, which serves under several names. */
let rsaKey: Promise<JWK> | undefined;

async function privateJwk(alg: string): Promise<JWK> {
  const make = async () => exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey);
  return /^[RP]S/.test(alg) ? (rsaKey ??= make()) : make();
}

/** Makes a key pair; those of RSA are all the same. */
export async function createKey(alg = 'ES256', kid: string | null = 'key-1'): Promise<TestKey> {
  const secret = await privateJwk(alg);
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...publicHalf } = secret;
  const privateKey = await importJWK(secret, alg);
  const published = { ...publicHalf, alg, use: 'sig' };
  return { alg, kid, privateKey, jwk: kid === null ? published : { ...published, kid } };
}

/** The claims of a good access token, with what a test wants to be different in it. */
export function claims(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    iss: ISSUER,
    sub: 'demo_user',
    aud: RESOURCE,
    client_id: 'client-a',
    scope: 'user',
    iat: NOW,
    exp: NOW + 3600,
    jti: 'jti-0123456789abcdef',
    ...changes,
  };
}

/** Signs a JWT; a member of `header` that is undefined is left out of it. */
export async function sign(
  key: TestKey,
  changes: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { alg, kid, privateKey } = key;
  const protectedHeader = { typ: 'at+jwt', alg, ...(kid === null ? {} : { kid }), ...header };
  return new SignJWT(claims(changes)).setProtectedHeader(protectedHeader).sign(privateKey);
}

/** A JWT with a signature that nobody made. */
export function unsigned(header: unknown, payload: unknown = claims(), signature = 'c2lnbmF0dXJl'): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

/** An authorization server that publishes keys; each member can be changed while it runs. */
export function createKeyHost(issuer = ISSUER) {
  const host = {
    issuer,
    up: true,
    keys: [] as unknown[],
    headers: {} as Record<string, string>,
    metadata: (): Response => Response.json({ issuer: host.issuer, jwks_uri: `${host.issuer}/jwks` }),
    jwks: async (): Promise<Response> => Response.json({ keys: host.keys }, { headers: host.headers }),
    metadataReads: 0,
    keyReads: 0,
    async fetch(request: Request): Promise<Response> {
      if (!host.up) throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
      const { pathname } = new URL(request.url);
      if (pathname.startsWith('/.well-known/oauth-authorization-server')) {
        host.metadataReads += 1;
        return host.metadata();
      }
      if (!pathname.endsWith('/jwks')) return new Response(null, { status: 404 });
      host.keyReads += 1;
      return host.jwks();
    },
  };
  return host;
}

/** A resource server that verifies JWTs, beside an authorization server with one key. */
export async function createJwtWorld(
  options: Partial<ResourceServerOptions> = {},
  deps: Partial<ResourceServerDeps> = {},
) {
  const key = await createKey();
  const host = createKeyHost();
  host.keys = [key.jwk];
  const world = createWorld({ verify: 'jwt', ...options }, { fetch: networkOf({ [ISSUER]: host }), ...deps });
  return { ...world, key, host };
}
