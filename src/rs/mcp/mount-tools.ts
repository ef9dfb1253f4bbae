import * as z from 'zod';
import type { Emit } from '../../shared/events/emitter.js';
import type { CompiledTool } from '../tools/compile-tools.js';
import type { JsonSchema, StandardSchema } from '../tools/schema.js';
import type { LogLevel, ToolContext } from '../tools/tool.js';
import { callTool } from './call-tool.js';
import { verifiedTokenOf } from './token-passage.js';

/** An `McpServer` of SDK v1 or v2, whichever copy of it: the part of it that tools are mounted on. */
export interface ToolRegistry {
  registerTool(name: string, config: object, callback: (args: never, extra: never) => unknown): unknown;
}

/** The same, of SDK v1, which sends log messages by the server rather than by the request. */
export interface ToolRegistryOfV1 extends ToolRegistry {
  sendLoggingMessage(params: { level: LogLevel; data: unknown }, sessionId?: string): Promise<void>;
}

/** What SDK v1 tells a tool of the request. */
interface ExtraOfV1 {
  readonly authInfo?: object;
  readonly signal: AbortSignal;
  readonly sessionId?: string;
  readonly _meta?: { readonly progressToken?: string | number };
  sendNotification(notification: object): Promise<void>;
}

/** What SDK v2 tells a tool of the request. */
interface ExtraOfV2 {
  readonly http?: { readonly authInfo?: object };
  readonly mcpReq: {
    readonly signal: AbortSignal;
    readonly _meta?: { readonly progressToken?: string | number };
    notify(notification: object): Promise<void>;
    log(level: LogLevel, data: unknown): Promise<void>;
  };
}

/** Mounts tools on a server of SDK v1, which serves the 2025 era. */
export function mountToolsOnV1(server: ToolRegistryOfV1, tools: readonly CompiledTool[], emit: Emit): void {
  for (const tool of tools) {
    const config = {
      ...shownOf(tool),
      inputSchema: zodStandIn(tool.input.json),
      ...(tool.output && { outputSchema: zodStandIn(tool.output.json) }),
    };
    server.registerTool(tool.name, config, (args: unknown, extra: ExtraOfV1) => {
      const { authInfo, signal, sessionId, _meta } = extra;
      const context = (): ToolContext => ({
        token: verifiedTokenOf(authInfo),
        signal,
        progress: createProgress(_meta?.progressToken, (message) => extra.sendNotification(message)),
        log: quietly((level, data) => server.sendLoggingMessage({ level, data }, sessionId)),
      });
      return callTool(tool, args, context, emit);
    });
  }
}

/** Mounts tools on a server of SDK v2, which serves 2026-07-28. */
export function mountToolsOnV2(server: ToolRegistry, tools: readonly CompiledTool[], emit: Emit): void {
  for (const tool of tools) {
    const config = {
      ...shownOf(tool),
      inputSchema: standardStandIn(tool.input.json),
      ...(tool.output && { outputSchema: standardStandIn(tool.output.json) }),
    };
    server.registerTool(tool.name, config, (args: unknown, { http, mcpReq }: ExtraOfV2) => {
      const context = (): ToolContext => ({
        token: verifiedTokenOf(http?.authInfo),
        signal: mcpReq.signal,
        progress: createProgress(mcpReq._meta?.progressToken, (message) => mcpReq.notify(message)),
        log: quietly((level, data) => mcpReq.log(level, data)),
      });
      return callTool(tool, args, context, emit);
    });
  }
}

function shownOf({ title, description, annotations }: CompiledTool) {
  return { title, description, annotations: { ...annotations } };
}

/**
 * A schema that shows clients this JSON Schema and lets everything through: what does not fit is found by `callTool`,
 * in the same words in both eras. SDK v1 takes zod only.
 */
function zodStandIn(json: JsonSchema): z.ZodObject {
  const schema = z.looseObject({});
  // Without `$schema` SDK v1 would call it draft-07.
  schema._zod.toJSONSchema = () => ({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...json });
  return schema;
}

/** The same for SDK v2, which takes any Standard Schema. */
function standardStandIn(json: JsonSchema): StandardSchema {
  const show = () => ({ ...json });
  return {
    '~standard': {
      version: 1,
      vendor: 'mcp-oauth-demo',
      validate: (value) => ({ value }),
      jsonSchema: { input: show, output: show },
    },
  };
}

/** Progress goes only to who gave a token for it, and only forward. */
function createProgress(
  progressToken: string | number | undefined,
  notify: (notification: object) => Promise<void>,
): ToolContext['progress'] {
  let before = -Infinity;
  return quietly(async (progress, total, message) => {
    if (progressToken === undefined || progress <= before) return;
    before = progress;
    const params = { progressToken, progress, total, message };
    await notify({ method: 'notifications/progress', params });
  });
}

/** Messages on the way are a courtesy: a client that is gone is no fault of the tool. */
function quietly<Args extends readonly unknown[]>(send: (...args: Args) => Promise<void>) {
  return async (...args: Args): Promise<void> => {
    await send(...args).catch(() => undefined);
  };
}
