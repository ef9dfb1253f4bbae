import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.js';
import { systemRandom } from '../../src/shared/random.js';
import { constantTimeEqual, fingerprint, hashSecret } from '../../src/shared/secret.js';
import { verifies } from '../verifies.js';

describe('secrets', () => {
  it('have a fingerprint of the first 8 hex digits of SHA-256', () => {
    expect(fingerprint('abc')).toBe('ba7816bf');
  });

  it('are stored as a hash that differs for each', () => {
    expect(hashSecret('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });

  it('are compared whole, whatever their lengths', () => {
    expect([constantTimeEqual('a', 'a'), constantTimeEqual('a', 'ab'), constantTimeEqual('', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  verifies(
    [
      'oauth2.1-1.4.2-reference',
      'oauth2.1-1.4-unforgeable',
      'oauth2.1-4.3-unforgeable',
      'rfc6750-5.2-unguessable',
      'oauth2.1-7.7-128-bits',
      'oauth2.1-7.7-160-bits',
    ],
    'come from 32 random bytes as 43 characters, never twice the same',
    () => {
      const made = new Set(Array.from({ length: 1000 }, () => systemRandom.token(32)));
      expect(made.size).toBe(1000);
      expect([...made].every((token) => /^[A-Za-z0-9_-]{43}$/.test(token))).toBe(true);
    },
  );
});

describe('the clock', () => {
  it('counts whole seconds', () => {
    expect(Number.isInteger(systemClock.now())).toBe(true);
    expect(Math.abs(systemClock.now() - Date.now() / 1000)).toBeLessThan(2);
  });
});
