import { scryptSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The password of all users of the tests. */
export const PASSWORD = 'a password that only tests have';

/**
 * Writes a file for `--users`. The hashes cost next to nothing, since it is not guessing that is tested.
 *
 * @returns the path
 */
export function writeUsers(folder: string, names: readonly string[]): string {
  const salt = 'the-salt-of-the-tests';
  const hash = scryptSync(PASSWORD, salt, 32, { N: 2, r: 1, p: 1 }).toString('base64url');
  const users = names.map((username) => ({ username, password_hash: `scrypt:2:1:1:${salt}:${hash}` }));
  const file = join(folder, 'users.json');
  writeFileSync(file, JSON.stringify(users));
  return file;
}
