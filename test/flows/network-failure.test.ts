import { describe, expect, it } from 'vitest';
import { networkFailure } from '../../src/flows/exchange/network-failure.js';

/** What the global `fetch` throws. */
function thrown(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('some detail'), { code }) });
}

describe('a request without an answer', () => {
  it.each([
    ['ECONNREFUSED', 'nothing listens there'],
    ['ENOTFOUND', 'no such host'],
    ['UND_ERR_SOCKET', 'closed without an answer'],
    ['HPE_INVALID_CONSTANT', 'not HTTP'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'try http://'],
  ])('is told in words, with the code %s to search for', (code, words) => {
    expect(networkFailure(thrown(code))).toContain(words);
    expect(networkFailure(thrown(code))).toContain(`(${code})`);
  });

  it('is told as it came where its code is not a usual one', () => {
    expect(networkFailure(thrown('EWHATEVER'))).toBe('EWHATEVER');
    expect(networkFailure(new TypeError('bad port'))).toBe('bad port');
  });
});
