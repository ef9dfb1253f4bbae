import { setTimeout as pause } from 'node:timers/promises';
import { type ContentBlock, defineTool, type JsonSchema, type Tool } from '../../../../src/rs/index.js';
import { PNG, WAV } from './samples.js';

/** How long the suite wants a tool to take between two messages. */
const PAUSE_MILLISECONDS = 50;

function answering(name: string, description: string, content: readonly ContentBlock[]): Tool {
  return defineTool({ name, description, handler: () => ({ content }) });
}

const logging = (name: string): Tool =>
  defineTool({
    name,
    description: 'Logs thrice while it works.',
    async handler(_input, { log }) {
      await log('info', 'Tool execution started');
      await pause(PAUSE_MILLISECONDS);
      await log('info', 'Tool processing data');
      await pause(PAUSE_MILLISECONDS);
      await log('info', 'Tool execution completed');
      return { content: [{ type: 'text', text: 'logged' }] };
    },
  });

const progressing = defineTool({
  name: 'test_tool_with_progress',
  description: 'Tells how far it is.',
  async handler(_input, { progress }) {
    await progress(0, 100);
    await pause(PAUSE_MILLISECONDS);
    await progress(50, 100);
    await pause(PAUSE_MILLISECONDS);
    await progress(100, 100);
    return { content: [{ type: 'text', text: 'done' }] };
  },
});

/** Tells how it wants to be reached: a schema with much of what 2020-12 can say. */
const json2020 = defineTool({
  name: 'json_schema_2020_12_tool',
  description: 'Tool with JSON Schema 2020-12 features',
  inputSchema: JSON.parse(`{
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
      "address": {
        "$anchor": "addressDef",
        "type": "object",
        "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
      }
    },
    "properties": {
      "name": { "type": "string" },
      "address": { "$ref": "#/$defs/address" },
      "contactMethod": { "type": "string", "enum": ["phone", "email"] },
      "phone": { "type": "string" },
      "email": { "type": "string" }
    },
    "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
    "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
    "then": { "required": ["phone"] },
    "else": { "required": ["email"] },
    "additionalProperties": false
  }`) as JsonSchema,
  handler: (input) => ({ content: [{ type: 'text', text: JSON.stringify(input) }] }),
});

/** A parameter of it comes in a header too. */
const withHeader = defineTool<{ region: string }>({
  name: 'test_x_mcp_header',
  description: 'Answers with the region that was sent in body and header.',
  inputSchema: {
    type: 'object',
    properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
    required: ['region'],
  },
  handler: ({ region }) => ({ content: [{ type: 'text', text: region }] }),
});

/** The tools that the official suite calls by name, as far as one definition serves both eras. */
export const TOOLS: readonly Tool[] = [
  answering('test_simple_text', 'Answers with text.', [
    { type: 'text', text: 'This is a simple text response for testing.' },
  ]),
  answering('test_image_content', 'Answers with an image.', [
    { type: 'image', data: PNG, mimeType: 'image/png' },
  ]),
  answering('test_audio_content', 'Answers with a sound.', [
    { type: 'audio', data: WAV, mimeType: 'audio/wav' },
  ]),
  answering('test_embedded_resource', 'Answers with a resource.', [
    {
      type: 'resource',
      resource: {
        uri: 'test://embedded-resource',
        mimeType: 'text/plain',
        text: 'This is an embedded resource content.',
      },
    },
  ]),
  answering('test_multiple_content_types', 'Answers with content of several types.', [
    { type: 'text', text: 'Multiple content types test:' },
    { type: 'image', data: PNG, mimeType: 'image/png' },
    {
      type: 'resource',
      resource: {
        uri: 'test://mixed-content-resource',
        mimeType: 'application/json',
        text: JSON.stringify({ test: 'data', value: 123 }),
      },
    },
  ]),
  defineTool({
    name: 'test_error_handling',
    description: 'Never works.',
    handler: () => ({
      isError: true,
      content: [{ type: 'text', text: 'This tool intentionally returns an error for testing' }],
    }),
  }),
  logging('test_tool_with_logging'),
  logging('test_logging_tool'),
  progressing,
  json2020,
  withHeader,
];
