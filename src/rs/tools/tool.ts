import type { VerifiedToken } from '../verifiers/token-verifier.js';
import type { ContentBlock } from './content.js';
import type { JsonSchema, StandardSchema } from './schema.js';

/** What a call gives back, in the form that both eras of MCP have. */
export interface ToolResult {
  /** may be left out where there is `structuredContent`; the JSON of that follows as text */
  readonly content?: readonly ContentBlock[];
  /** what `outputSchema` describes */
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

/** How much a message to the client matters, as in syslog. */
export type LogLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';

/** What a tool may know of the request that calls it, and do before it answers. */
export interface ToolContext {
  /** what is known of the token; the token itself does not come here */
  readonly token: VerifiedToken;
  /** aborted when the client gives the call up, or the server ends */
  readonly signal: AbortSignal;
  /**
   * Tells the client how far the call is, if it asked to be told.
   *
   * @param done more with each call
   * @param total what `done` will be at the end, if that is known
   */
  progress(done: number, total?: number, message?: string): Promise<void>;
  /**
   * Sends the client a log message, if it wants ones of that level: in MCP 2026-07-28 the request says so, before that
   * `logging/setLevel`.
   *
   * @param data anything that is JSON
   */
  log(level: LogLevel, data: unknown): Promise<void>;
}

/** A tool, written once for both eras of MCP. */
export interface Tool<Input = unknown> {
  /** letters, digits, `_`, `-` and `.`, 128 at most */
  readonly name: string;
  /** for people; the name stands in */
  readonly title?: string;
  /** for the model that decides whether to call it */
  readonly description: string;
  /** describes an object; what does not fit it is answered without calling `handler`. Default: no arguments */
  readonly inputSchema?: StandardSchema<Input> | JsonSchema;
  /** describes `structuredContent`; an answer that does not fit it is a fault of the tool, and not sent */
  readonly outputSchema?: StandardSchema | JsonSchema;
  readonly annotations?: ToolAnnotations;
  /** what a call needs beside the scopes of the server; without them it is answered 403, and the tool does not run */
  readonly scopes?: readonly string[];
  /**
   * Does what the tool is for. What it throws goes to the operator's log; the client learns only that the call failed.
   *
   * @param input as the schema lets it through
   */
  handler(input: Input, context: ToolContext): ToolResult | Promise<ToolResult>;
}

/**
 * Gives the handler of a tool the type of its input: that of its Standard Schema. The input of a JSON Schema is a
 * record of unknown values, unless a type argument says more.
 */
export function defineTool<Input = Readonly<Record<string, unknown>>>(tool: Tool<Input>): Tool {
  return tool;
}
