import type { Emit } from '../../shared/events/emitter.js';
import type { Tool, ToolContext } from '../tools/tool.js';
import { tokenIn } from './token-passage.js';

/** A result in the shape that both SDKs take. */
export interface SdkToolResult {
  [member: string]: unknown;
  content: { type: 'text'; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

/**
 * Calls a tool so that a fault in it is told to the operator, not to the client.
 *
 * @param input what the SDK has validated already
 * @param context what the tool may know of the request
 */
export async function callTool(
  tool: Tool,
  input: unknown,
  context: () => ToolContext,
  emit: Emit,
): Promise<SdkToolResult> {
  try {
    const { content, structuredContent, isError } = await tool.call(input, context());
    return {
      content: content.map((block) => ({ ...block })),
      ...(structuredContent === undefined ? {} : { structuredContent: { ...structuredContent } }),
      ...(isError === undefined ? {} : { isError }),
    };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    emit({ kind: 'server.fault', path: `tool ${tool.name}`, message }, 'error');
    return {
      isError: true,
      content: [{ type: 'text', text: `${tool.name} failed; the log of the server says why` }],
    };
  }
}

/**
 * What both SDKs take to register a tool: its name, what is shown of it, and what a call does.
 *
 * @param authInfoIn where this SDK puts what {@link authInfoFor} made of the request's token
 */
export function registrationOf<Extra>(
  tool: Tool,
  authInfoIn: (extra: Extra) => object | undefined,
  emit: Emit,
) {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  return [
    name,
    { title, description, inputSchema, outputSchema, annotations: { ...annotations } },
    (input: unknown, extra: Extra) =>
      callTool(tool, input, () => ({ token: tokenIn(authInfoIn(extra)) }), emit),
  ] as const;
}
