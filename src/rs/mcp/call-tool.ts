import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Emit } from '../../shared/events/emitter.js';
import type { CompiledTool } from '../tools/compile-tools.js';
import type { ContentBlock } from '../tools/content.js';
import type { ToolContext, ToolResult } from '../tools/tool.js';

/** A result as it goes to the client. */
export interface CompleteToolResult extends ToolResult {
  readonly content: readonly ContentBlock[];
}

/**
 * Calls a tool. Arguments that its schema does not let through are told to the client, so that a model can try again;
 * a fault in the tool is told to the operator, not to the client.
 *
 * @param args what the client sent
 * @param context makes what the tool may know of the request, or throws
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/server/tools#error-handling MCP, tools, error handling}
 */
export async function callTool(
  tool: CompiledTool,
  args: unknown,
  context: () => ToolContext,
  emit: Emit,
): Promise<CompleteToolResult> {
  try {
    const input = await tool.input.check(args);
    if ('wrong' in input) return failure(`invalid arguments for ${tool.name}: ${input.wrong}`);
    return await complete(tool, await tool.handler(input.value, context()));
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    emit({ kind: 'server.fault', path: `tool ${tool.name}`, message }, 'error');
    return failure(`${tool.name} failed; the log of the server says why`);
  }
}

/** @throws Error if the result is no JSON, no result of MCP, or not what the tool's output schema says */
async function complete(tool: CompiledTool, result: ToolResult): Promise<CompleteToolResult> {
  const { isError = false } = result;
  const structuredContent = isError ? result.structuredContent : await checkedOutput(tool, result);
  return asSent({
    content: withJson(result.content ?? [], structuredContent),
    ...(structuredContent === undefined ? {} : { structuredContent }),
    ...(isError ? { isError } : {}),
  });
}

/**
 * Tools may come without TypeScript, and no type keeps out what JSON can't say, on which SDKs leave the client waiting.
 */
function asSent(result: CompleteToolResult): CompleteToolResult {
  const sent = JSON.parse(JSON.stringify(result)) as CompleteToolResult;
  const [issue] = CallToolResultSchema.safeParse(sent).error?.issues ?? [];
  if (issue) throw new Error(`its answer is no tool result: ${issue.path.join('.')}: ${issue.message}`);
  return sent;
}

async function checkedOutput(
  { output }: CompiledTool,
  { structuredContent }: ToolResult,
): Promise<ToolResult['structuredContent']> {
  if (!output) return structuredContent;
  if (structuredContent === undefined)
    throw new Error('it has an outputSchema, and gave no structuredContent');
  const checked = await output.check(structuredContent);
  if ('wrong' in checked)
    throw new Error(`its structuredContent does not fit outputSchema: ${checked.wrong}`);
  return { ...Object(checked.value) };
}

/**
 * For clients that know no structured content, its JSON stands in the content too.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/server/tools#structured-content MCP, structured content}
 */
function withJson(
  content: readonly ContentBlock[],
  structuredContent: ToolResult['structuredContent'],
): readonly ContentBlock[] {
  if (structuredContent === undefined) return content;
  const text = JSON.stringify(structuredContent);
  const isThere = content.some((block) => block.type === 'text' && block.text === text);
  return isThere ? content : [...content, { type: 'text', text }];
}

function failure(text: string): CompleteToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}
