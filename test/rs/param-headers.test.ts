import { describe, expect } from 'vitest';
import { defineTool } from '../../src/rs/index.js';
import { verifies } from '../verifies.js';
import { sendModern } from './modern-support.js';
import { createWorld } from './support.js';

const book = defineTool({
  name: 'book',
  description: 'Books a room.',
  inputSchema: {
    type: 'object',
    properties: {
      city: { type: 'string', 'x-mcp-header': 'City' },
      nights: { type: 'integer', 'x-mcp-header': 'Nights' },
      late: { type: 'boolean', 'x-mcp-header': 'Late' },
    },
  },
  handler: (input) => ({ content: [{ type: 'text', text: JSON.stringify(input) }] }),
});

function call(args: object, headers: Readonly<Record<string, string>>): Promise<Response> {
  return sendModern(createWorld({ tools: [book] }), 'tools/call', {
    params: { name: 'book', arguments: args },
    headers: { 'mcp-name': 'book', ...headers },
  });
}

const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`;

describe('an argument that is in a header too', () => {
  verifies.each<[string, object, Readonly<Record<string, string>>]>([
    ['says something else there', { city: 'Oslo' }, { 'mcp-param-city': 'Bergen' }],
    ['says it in other letters there', { city: 'Oslo' }, { 'mcp-param-city': 'oslo' }],
    ['is not there', { city: 'Oslo' }, {}],
    ['is another number there', { nights: 42 }, { 'mcp-param-nights': '43' }],
    ['is no number there', { nights: 42 }, { 'mcp-param-nights': 'two' }],
    ['is another truth there', { late: true }, { 'mcp-param-late': 'false' }],
    ['has characters that are to be encoded', { city: 'Tromsø' }, { 'mcp-param-city': 'Tromsø' }],
    ['is something else in Base64', { city: 'Tromsø' }, { 'mcp-param-city': base64('Oslo') }],
    ['is no Base64, though it says so', { city: 'Oslo' }, { 'mcp-param-city': '=?base64?%%%?=' }],
  ])(
    ['rs.http-headers-param-mismatch', 'rs.http-validation-mismatch', 'rs.http-validation-error'],
    'is refused with 400 and HeaderMismatch if it %s',
    async (_what, args, headers) => {
      const response = await call(args, headers);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ id: 7, error: { code: -32020 } });
    },
  );

  verifies.each<[string, object, Readonly<Record<string, string>>]>([
    ['there is none', {}, {}],
    ['it is null', { city: null }, {}],
  ])(['rs.http-headers-param-null'], 'is not expected there if %s', async (_what, args, headers) => {
    expect((await call(args, headers)).status).toBe(200);
  });

  verifies.each<[string, string]>([
    ['Oslo', 'Oslo'],
    ['Oslo', base64('Oslo')],
    ['Tromsø', base64('Tromsø')],
    [' Oslo ', base64(' Oslo ')],
    [base64('Oslo'), base64(base64('Oslo'))],
  ])(['rs.http-validation-base64'], 'is decoded before it is compared: %j as %j', async (city, header) => {
    const response = await call({ city }, { 'mcp-param-city': header });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      result: { content: [{ text: JSON.stringify({ city }) }] },
    });
  });

  verifies.each([
    [42, '42'],
    [42, '42.0'],
    [-7, '-7'],
  ])(['rs.http-validation-numbers'], 'is compared as a number: %j as %j', async (nights, header) => {
    expect((await call({ nights }, { 'mcp-param-nights': header })).status).toBe(200);
  });
});
