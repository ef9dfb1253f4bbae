import { describe, expect, it } from 'vitest';
import { parseCredentials } from '../../src/cli/flags/values.js';

describe('credentials on the command line', () => {
  it.each([
    ['rs:secret', 'rs', 'secret'],
    ['rs:se:cr:et', 'rs', 'se:cr:et'],
    ['https://mcp.example/mcp:secret', 'https://mcp.example/mcp', 'secret'],
    ['http://localhost:8001/mcp:secret', 'http://localhost:8001/mcp', 'secret'],
  ])('%s are the id %s and the secret %s', (value, id, secret) => {
    expect(parseCredentials('rs-credentials', value)).toEqual({ id, secret });
  });

  it.each(['nocolon', ':its-secret', 'rs:', 'https://mcp.example/mcp', 'https://mcp.example/mcp:'])(
    'are refused without both parts, and not repeated: %s',
    (value) => {
      expect(() => parseCredentials('rs-credentials', value)).toThrow(/needs two parts/);
      expect(() => parseCredentials('rs-credentials', value)).not.toThrow(value);
    },
  );
});
