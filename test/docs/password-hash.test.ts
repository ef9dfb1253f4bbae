import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createUsers, parseUsers } from '../../src/as/owner/users.js';
import { systemRandom } from '../../src/shared/random.js';
import { fences } from './fences.js';

describe('the command in docs/sign-in.md', () => {
  it('makes the hash of a password, with which its user can sign in', async () => {
    const command = fences().find(
      ({ page, text }) => page === 'docs/sign-in.md' && text.startsWith('node -e'),
    );
    const password = 'correct horse battery staple';
    expect(command?.text).toContain(`'${password}'`);
    const password_hash = spawnSync('sh', ['-c', command!.text], { encoding: 'utf8' }).stdout.trim();
    const users = createUsers(parseUsers([{ username: 'alice', password_hash }]), systemRandom);
    expect(await users.verify('alice', password)).toBe(true);
    expect(await users.verify('alice', `${password}r`)).toBe(false);
  });
});
