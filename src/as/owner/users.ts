import * as z from 'zod';
import { ConfigurationError } from '../../shared/configuration-error.js';
import type { Random } from '../../shared/random.js';
import { parseConfigured } from '../configuration-value.js';
import {
  hashPassword,
  isPassword,
  parsePasswordHash,
  type PasswordHash,
  unmatchableHash,
} from './password.js';
import { createTurnstile } from './turnstile.js';

/** Who signs in in demo mode while no user is configured. */
export const DEMO_USERNAME = 'demo_user';

/** More than anybody is called; keeps what a failed login is counted under small. */
export const MAX_USERNAME_LENGTH = 200;

const username = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(MAX_USERNAME_LENGTH, 'is too long');

const USERS = z.array(
  z.union(
    [
      z.strictObject({ username, password: z.string().min(1) }),
      z.strictObject({
        username,
        password_hash: z.string().refine((text) => parsePasswordHash(text) !== undefined),
      }),
    ],
    'must be {"username", "password"} or {"username", "password_hash": "scrypt:<N>:<r>:<p>:<salt>:<hash>"}',
  ),
  'must be an array of users',
);

/** Somebody who may sign in; the user name becomes the `sub` of the tokens. */
export type User = z.infer<typeof USERS>[number];

/**
 * Validates users, as a file or flags give them.
 *
 * @param json an array
 * @throws ConfigurationError for the option `users`; it never repeats a password
 */
export function parseUsers(json: unknown): User[] {
  const users = parseConfigured(USERS, json, 'users');
  const names = users.map((user) => user.username);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ConfigurationError('users', `${twice} is configured twice`);
  return users;
}

/** Those who may sign in, their passwords only as hashes. */
export interface Users {
  /** true if nobody is configured */
  readonly none: boolean;
  /** Whether somebody of this name may sign in. */
  has(username: string): boolean;
  /**
   * Whether the password is right. It takes the same time for a name that does not exist.
   *
   * @returns undefined if too many are being checked already
   */
  verify(username: string, password: string): Promise<boolean | undefined>;
}

/**
 * Each check keeps a thread busy for a tenth of a second, and Node has four, which it needs for name look-ups too. So
 * a flood of sign-ins gets half of them, and whoever waits is not kept for more than a few seconds.
 */
const CHECKS = { running: 2, waiting: 20 } as const;

/** Hashes the passwords at once, without holding up the start of the server. */
export function createUsers(users: readonly User[], random: Random): Users {
  const hashes = new Map<string, Promise<PasswordHash>>(
    users.map((user) => [
      user.username,
      'password' in user ? hashPassword(user.password, random) : storedHash(user.password_hash),
    ]),
  );
  const [first] = hashes.values();
  const turnstile = createTurnstile(CHECKS);
  return {
    none: hashes.size === 0,
    has: (name) => (hashes.size === 0 ? name === DEMO_USERNAME : hashes.has(name)),
    async verify(name, password) {
      const expected = (await hashes.get(name)) ?? unmatchableHash(await first, random);
      return turnstile.pass(() => isPassword(password, expected));
    },
  };
}

async function storedHash(text: string): Promise<PasswordHash> {
  const hash = parsePasswordHash(text);
  if (!hash) throw new ConfigurationError('users', 'a password_hash is not valid');
  return hash;
}
