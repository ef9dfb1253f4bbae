import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { claims as goodClaims } from '../jwt-support.js';
import { ISSUER } from '../support.js';

/** The MCP server of the matrix: on the default port, which a URL may name or leave out. */
export const RESOURCE = 'http://localhost/mcp';

/** The claims of a good access token, with what a case wants to be different in it. */
export function claims(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return goodClaims({ aud: RESOURCE, ...changes });
}

/** The key of the authorization server, and that of somebody else who would like to be it. */
export const KEYS = {
  own: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  attacker: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  attackerRsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

export const HEADER = { typ: 'at+jwt', alg: 'ES256', kid: 'key-1' };

/** One part of a JWT; a text is taken as it is, anything else as JSON. */
export function part(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(text).toString('base64url');
}

/** What makes the third part of a JWT of the first two. */
export type Signer = (input: string) => string;

export const es256 =
  (key: KeyObject): Signer =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
export const es256AsDer: Signer = (input) =>
  sign('sha256', Buffer.from(input), { key: KEYS.own.privateKey, dsaEncoding: 'der' }).toString('base64url');
export const rs256: Signer = (input) =>
  sign('sha256', Buffer.from(input), KEYS.attackerRsa.privateKey).toString('base64url');
export const hs256 =
  (secret: string | Buffer): Signer =>
  (input) =>
    createHmac('sha256', secret).update(input).digest('base64url');
export const signedAs =
  (signature: string): Signer =>
  () =>
    signature;

/** A JWT as it was made by anybody. */
export interface Jwt {
  readonly header?: unknown;
  readonly payload?: unknown;
  readonly signer?: Signer;
}

/** Puts a JWT together; what is left out is as in a good one, and signed by the authorization server. */
export function jwt({
  header = HEADER,
  payload = claims(),
  signer = es256(KEYS.own.privateKey),
}: Jwt = {}): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${signer(input)}`;
}

/**
 * An authorization server that answers introspection and publishes its key. It knows the tokens that it was told of, and
 * calls any other inactive, as an honest one does.
 */
export function createIssuer() {
  const answers = new Map<string, Record<string, unknown>>();
  const issuer = {
    up: true,
    requests: 0,
    metadata: async (): Promise<Response> =>
      Response.json({
        issuer: ISSUER,
        introspection_endpoint: `${ISSUER}/introspect`,
        jwks_uri: `${ISSUER}/jwks`,
      }),
    /** stands in for the answer of the introspection endpoint or of that of the keys, whichever is asked */
    answer: undefined as (() => Promise<Response>) | undefined,
    async fetch(request: Request): Promise<Response> {
      issuer.requests += 1;
      if (!issuer.up) throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') });
      const { pathname } = new URL(request.url);
      if (pathname === '/.well-known/oauth-authorization-server') return issuer.metadata();
      if (issuer.answer) return issuer.answer();
      if (pathname === '/jwks') {
        const jwk = KEYS.own.publicKey.export({ format: 'jwk' });
        return Response.json({ keys: [{ ...jwk, kid: HEADER.kid, alg: 'ES256', use: 'sig' }] });
      }
      if (pathname !== '/introspect') return new Response(null, { status: 404 });
      const token = new URLSearchParams(await request.text()).get('token') ?? '';
      return Response.json(answers.get(token) ?? { active: false });
    },
    /** It says this of a token. */
    knows(token: string, answer: Readonly<Record<string, unknown>>): string {
      answers.set(token, { active: true, token_type: 'Bearer', ...answer });
      return token;
    },
    /** It has issued a JWT with these claims, and says of it what is in it. */
    issues(
      changes: Readonly<Record<string, unknown>> = {},
      header: Readonly<Record<string, unknown>> = {},
    ): string {
      const payload = claims(changes);
      return issuer.knows(jwt({ header: { ...HEADER, ...header }, payload }), payload);
    },
    /** It takes a token back. */
    revokes(token: string): string {
      answers.delete(token);
      return token;
    },
  };
  return issuer;
}
export type Issuer = ReturnType<typeof createIssuer>;
