import * as z from 'zod';

/** The members of a JWK by which somebody could sign: a client that publishes one has given its key away. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** More keys than this no client rotates through. */
const MAX_KEYS = 20;

const text = z.string('must be a string').max(2048, 'is too long');

const PUBLIC_KEY = z
  .record(z.string(), z.unknown(), 'must be an object')
  .refine((key) => PRIVATE_MEMBERS.every((member) => !(member in key)), 'has a member that must stay private')
  .pipe(
    z.object({
      kty: z.enum(['EC', 'RSA', 'OKP'], 'must be the public key of EC, RSA or OKP'),
      kid: text.optional(),
      use: text.optional(),
      key_ops: z.array(text, 'must be an array of strings').max(10, 'has too many entries').optional(),
      alg: text.optional(),
      crv: text.optional(),
      x: text.optional(),
      y: text.optional(),
      n: text.optional(),
      e: text.optional(),
    }),
  );

/**
 * A set of public keys. A key of a kind that cannot sign here does no harm, one that is not public does.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517 §5}
 */
export const KEY_SET = z.object(
  {
    keys: z
      .array(PUBLIC_KEY, 'must be an array')
      .min(1, 'must not be empty')
      .max(MAX_KEYS, 'has too many entries'),
  },
  'must be an object with keys',
);

/** Public keys of a client. */
export type KeySet = z.infer<typeof KEY_SET>;

/**
 * What is wrong with the keys of a client, each of which is right by itself.
 *
 * @returns undefined if nothing is
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}, `jwks` and `jwks_uri`
 */
export function keysFault(metadata: {
  readonly token_endpoint_auth_method?: string | undefined;
  readonly jwks?: KeySet | undefined;
  readonly jwks_uri?: string | undefined;
}): string | undefined {
  const { token_endpoint_auth_method, jwks, jwks_uri } = metadata;
  if (jwks && jwks_uri !== undefined) return 'jwks and jwks_uri cannot both be there';
  if (token_endpoint_auth_method === 'private_key_jwt' && !jwks && jwks_uri === undefined) {
    return 'private_key_jwt needs jwks or jwks_uri';
  }
  return undefined;
}
