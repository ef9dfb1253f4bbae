import type { Emit } from '../../shared/events/emitter.js';
import type { Tool } from '../tools/tool.js';

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
 */
export async function callTool(tool: Tool, input: unknown, emit: Emit): Promise<SdkToolResult> {
  try {
    const { content, structuredContent, isError } = await tool.call(input);
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

/** What both SDKs take to register a tool: its name, what is shown of it, and what a call does. */
export function registrationOf(tool: Tool, emit: Emit) {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  return [
    name,
    { title, description, inputSchema, outputSchema, annotations: { ...annotations } },
    (input: unknown) => callTool(tool, input, emit),
  ] as const;
}
