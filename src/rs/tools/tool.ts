import type * as z from 'zod';
import type { VerifiedToken } from '../verifiers/token-verifier.js';

/** What a call gives back, in the form that both eras of MCP have. */
export interface ToolResult {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  /** true if the call could not be done; the text says what to do about it */
  readonly isError?: boolean;
}

/** Hints for clients on what a call does; MCP's `ToolAnnotations`. */
export interface ToolAnnotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

/** What a tool may know of the request that calls it. */
export interface ToolContext {
  /** what is known of the token; the token itself does not come here */
  readonly token: VerifiedToken;
}

/** A tool, written once for both eras. */
export interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** for the model that decides whether to call it */
  readonly description: string;
  readonly inputSchema: Input;
  /** what `structuredContent` is */
  readonly outputSchema: Output;
  readonly annotations: ToolAnnotations;
  /** what a call needs beside the scopes of the server; without them it is answered 403, and the tool does not run */
  readonly scopes?: readonly string[];
  handler(input: z.output<Input>, context: ToolContext): ToolResult | Promise<ToolResult>;
}

/** A tool as the servers mount it: its input is checked behind `call`. */
export interface Tool extends Omit<ToolDefinition<z.ZodObject, z.ZodObject>, 'handler'> {
  /** @throws ZodError if the input is not what the schema says */
  call(input: unknown, context: ToolContext): Promise<ToolResult>;
}

/** Makes a tool mountable beside tools with other inputs. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>({
  handler,
  ...description
}: ToolDefinition<Input, Output>): Tool {
  return {
    ...description,
    call: async (input, context) => handler(await description.inputSchema.parseAsync(input), context),
  };
}
