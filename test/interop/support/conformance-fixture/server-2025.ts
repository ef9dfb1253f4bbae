import { completable } from '@modelcontextprotocol/sdk/server/completable.js';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import {
  CreateMessageResultSchema,
  type ElicitRequestFormParams,
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { McpServers } from '../../../../src/rs/index.js';
import * as contents from './contents.js';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

const answer = (text: string) => ({ content: [{ type: 'text' as const, text }] });

/** What the official suite wants of a server of 2025-11-25 beside the tools that both eras share. */
export const serverOf2025: NonNullable<McpServers['2025']> = ({ mountTools }) => {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    { capabilities: { logging: {}, resources: { subscribe: true } } },
  );
  mountTools(server);
  mountTalkingTools(server);
  mountPrompts(server);
  mountResources(server);
  return server;
};

/** The tools that ask the client something while they run, by requests of the server's own. */
function mountTalkingTools(server: McpServer): void {
  server.registerTool(
    'test_sampling',
    { description: 'Asks the model of the client.', inputSchema: { prompt: z.string() } },
    async ({ prompt }, { sendRequest }) => {
      const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
      const params = { messages, maxTokens: 100 };
      const { content } = await sendRequest(
        { method: 'sampling/createMessage', params },
        CreateMessageResultSchema,
      );
      return answer(`LLM response: ${content.type === 'text' ? content.text : content.type}`);
    },
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user.', inputSchema: { message: z.string() } },
    async ({ message }, extra) => {
      const properties = {
        username: { type: 'string' as const, description: "User's response" },
        email: { type: 'string' as const, description: "User's email address" },
      };
      const required = ['username', 'email'];
      const result = await elicit(extra, {
        message,
        requestedSchema: { type: 'object', properties, required },
      });
      return answer(`User response: action=${result.action}, content=${JSON.stringify(result.content)}`);
    },
  );
  for (const [name, requestedSchema] of Object.entries(FORMS)) {
    server.registerTool(name, { description: 'Asks the user to fill in a form.' }, async (extra) => {
      const result = await elicit(extra, { message: 'Please fill this in.', requestedSchema });
      return answer(
        `Elicitation completed: action=${result.action}, content=${JSON.stringify(result.content)}`,
      );
    });
  }
}

function elicit({ sendRequest }: Extra, params: ElicitRequestFormParams) {
  return sendRequest({ method: 'elicitation/create', params }, ElicitResultSchema);
}

/** Forms with all that they may have: defaults of every type (SEP-1034), enumerations of every kind (SEP-1330). */
const FORMS: Readonly<Record<string, ElicitRequestFormParams['requestedSchema']>> = {
  test_elicitation_sep1034_defaults: {
    type: 'object',
    properties: {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    },
  },
  test_elicitation_sep1330_enums: {
    type: 'object',
    properties: {
      untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
      titledSingle: {
        type: 'string',
        oneOf: [
          { const: 'value1', title: 'First Option' },
          { const: 'value2', title: 'Second Option' },
          { const: 'value3', title: 'Third Option' },
        ],
      },
      legacyEnum: {
        type: 'string',
        enum: ['opt1', 'opt2', 'opt3'],
        enumNames: ['Option One', 'Option Two', 'Option Three'],
      },
      untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
      titledMulti: {
        type: 'array',
        items: {
          anyOf: [
            { const: 'value1', title: 'First Choice' },
            { const: 'value2', title: 'Second Choice' },
            { const: 'value3', title: 'Third Choice' },
          ],
        },
      },
    },
  },
};

function mountPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Without arguments.' }, contents.simplePrompt);
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'With two arguments.',
      argsSchema: { arg1: completable(z.string(), contents.completions), arg2: z.string() },
    },
    contents.promptWithArguments,
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource in it.', argsSchema: { resourceUri: z.string() } },
    contents.promptWithResource,
  );
  server.registerPrompt(
    'test_prompt_with_image',
    { description: 'With an image in it.' },
    contents.promptWithImage,
  );
}

function mountResources(server: McpServer): void {
  const { WATCHED, TEMPLATE } = contents;
  for (const [name, uri, about, read] of contents.STATIC_RESOURCES) {
    server.registerResource(name, uri, about, read);
  }
  server.registerResource(
    'watched',
    WATCHED.uri,
    { description: 'To be watched.', mimeType: WATCHED.mimeType },
    contents.watched,
  );
  server.registerResource(
    'template',
    new ResourceTemplate(TEMPLATE, { list: undefined }),
    { description: 'By id.', mimeType: 'application/json' },
    (uri, { id }) => contents.filledTemplate(uri, String(id)),
  );
  server.server.setRequestHandler(SubscribeRequestSchema, () => ({}));
  server.server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
}
