import {
  completable,
  createMcpHandler,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
  type InputRequests,
  McpServer,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { McpServers } from '../../../../src/rs/index.js';
import * as contents from './contents.js';

const answer = (text: string) => ({ content: [{ type: 'text' as const, text }] });

/** What a client sends back is believed only with this server's seal on it. */
const state = createRequestStateCodec<{ readonly step: string }>({
  key: 'a key of the fixture, which guards nothing',
  bind: ({ mcpReq, http }) => `${mcpReq.method} ${http?.authInfo?.clientId}`,
});

/** What the official suite wants of a server of 2026-07-28 beside the tools that both eras share. */
export const handlerOf2026: NonNullable<McpServers['2026-07-28']> = ({ mountTools }) => {
  const handler = createMcpHandler(
    () => {
      const server = new McpServer(
        { name: 'conformance-fixture', version: '1.0.0' },
        { capabilities: { logging: {} }, requestState: { verify: state.verify } },
      );
      mountTools(server);
      mountAskingTools(server);
      mountPrompts(server);
      mountResources(server);
      server.registerTool('test_trigger_tool_change', { description: 'Tells of new tools.' }, () => {
        handler.notify.toolsChanged();
        return answer('told');
      });
      server.registerTool('test_trigger_prompt_change', { description: 'Tells of new prompts.' }, () => {
        handler.notify.promptsChanged();
        return answer('told');
      });
      return server;
    },
    { legacy: 'reject' },
  );
  return handler;
};

/** A form with one field of text. */
function ask(message: string, field: string) {
  const requestedSchema = {
    type: 'object' as const,
    properties: { [field]: { type: 'string' as const } },
    required: [field],
  };
  return inputRequired.elicit({ message, requestedSchema });
}

function askModel(question: string, maxTokens = 100) {
  const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: question } }];
  return inputRequired.createMessage({ messages, maxTokens });
}

/** What the user filled in, if there was a form of that name and it was accepted. */
function filledIn({ mcpReq }: ServerContext, key: string, field: string): string | undefined {
  const response = inputResponse(mcpReq.inputResponses, key);
  const value = response.kind === 'elicit' && response.action === 'accept' && response.content?.[field];
  return typeof value === 'string' ? value : undefined;
}

/** What the model of the client said. */
function said({ mcpReq }: ServerContext, key: string): string | undefined {
  const response = inputResponse(mcpReq.inputResponses, key);
  return response.kind === 'sampling' ? JSON.stringify(response.result.content) : undefined;
}

function rootsOf({ mcpReq }: ServerContext, key: string): string | undefined {
  const response = inputResponse(mcpReq.inputResponses, key);
  return response.kind === 'roots' ? response.roots.map(({ uri }) => uri).join(', ') : undefined;
}

/** Tools that need more of the client before they can answer; they are called again with what it gives. */
function mountAskingTools(server: McpServer): void {
  const tool = (name: string, call: (context: ServerContext) => ReturnType<typeof answer> | Asking) =>
    server.registerTool(name, { description: 'Asks the client for more.' }, call);
  type Asking = ReturnType<typeof inputRequired> | Promise<ReturnType<typeof inputRequired>>;

  const needing = (inputRequests: InputRequests) => inputRequired({ inputRequests });
  const needingWithState = async (inputRequests: InputRequests, step: string, context: ServerContext) =>
    inputRequired({ inputRequests, requestState: await state.mint({ step }, context) });
  const stepOf = ({ mcpReq }: ServerContext) => mcpReq.requestState<{ step: string }>()?.step;

  tool('test_input_required_result_elicitation', (context) => {
    const name = filledIn(context, 'user_name', 'name');
    return name === undefined
      ? needing({ user_name: ask('What is your name?', 'name') })
      : answer(`Hello, ${name}!`);
  });
  tool('test_input_required_result_sampling', (context) => {
    const capital = said(context, 'capital_question');
    return capital === undefined
      ? needing({ capital_question: askModel('What is the capital of France?') })
      : answer(capital);
  });
  tool('test_input_required_result_list_roots', (context) => {
    const roots = rootsOf(context, 'client_roots');
    return roots === undefined ? needing({ client_roots: inputRequired.listRoots() }) : answer(roots);
  });
  for (const name of [
    'test_input_required_result_request_state',
    'test_input_required_result_tampered_state',
  ]) {
    tool(name, (context) => {
      if (stepOf(context) === 'confirm') return answer('state-ok');
      const properties = { ok: { type: 'boolean' as const } };
      const requestedSchema = { type: 'object' as const, properties, required: ['ok'] };
      const confirm = inputRequired.elicit({ message: 'Please confirm', requestedSchema });
      return needingWithState({ confirm }, 'confirm', context);
    });
  }
  tool('test_input_required_result_multiple_inputs', (context) => {
    const given = [
      filledIn(context, 'user_name', 'name'),
      said(context, 'greeting'),
      rootsOf(context, 'client_roots'),
    ];
    if (stepOf(context) === 'all' && given.every((one) => one !== undefined)) return answer(given.join('; '));
    const requests = {
      user_name: ask('What is your name?', 'name'),
      greeting: askModel('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    };
    return needingWithState(requests, 'all', context);
  });
  tool('test_input_required_result_multi_round', (context) => {
    const step = stepOf(context);
    if (step === 'second') {
      const color = filledIn(context, 'step2', 'color');
      if (color !== undefined) return answer(`you like ${color}`);
    }
    return step === 'first' && filledIn(context, 'step1', 'name') !== undefined
      ? needingWithState({ step2: ask('Step 2: What is your favorite color?', 'color') }, 'second', context)
      : needingWithState({ step1: ask('Step 1: What is your name?', 'name') }, 'first', context);
  });
  tool('test_input_required_result_capabilities', () => {
    const can = server.server.getClientCapabilities();
    return needing({
      ...(can?.elicitation && { user_name: ask('What is your name?', 'name') }),
      ...(can?.sampling && { greeting: askModel('Generate a greeting') }),
    });
  });
  // The suite calls it without the capability that it takes, and wants to be told so.
  tool('test_missing_capability', () => needing({ greeting: askModel('Generate a greeting') }));
  tool('test_streaming_elicitation', () => needing({ user_name: ask('What is your name?', 'name') }));
}

function mountPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Without arguments.' }, contents.simplePrompt);
  server.registerPrompt(
    'test_prompt_with_arguments',
    {
      description: 'With two arguments.',
      argsSchema: z.object({ arg1: completable(z.string(), contents.completions), arg2: z.string() }),
    },
    contents.promptWithArguments,
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource in it.', argsSchema: z.object({ resourceUri: z.string() }) },
    contents.promptWithResource,
  );
  server.registerPrompt(
    'test_prompt_with_image',
    { description: 'With an image in it.' },
    contents.promptWithImage,
  );
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Needs more of the client.' },
    (context) => {
      const given = filledIn(context, 'user_context', 'context');
      const user_context = ask('What context should the prompt use?', 'context');
      return given === undefined
        ? inputRequired({ inputRequests: { user_context } })
        : contents.promptFrom(given);
    },
  );
}

function mountResources(server: McpServer): void {
  for (const [name, uri, about, read] of contents.STATIC_RESOURCES) {
    server.registerResource(name, uri, about, read);
  }
  server.registerResource(
    'template',
    new ResourceTemplate(contents.TEMPLATE, { list: undefined }),
    { description: 'By id.', mimeType: 'application/json' },
    (uri, { id }) => contents.filledTemplate(uri, String(id)),
  );
}
