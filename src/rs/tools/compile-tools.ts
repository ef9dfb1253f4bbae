import * as z from 'zod';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { resourceScope } from '../config/scope-options.js';
import { type CompiledSchema, compileSchema, type JsonSchema, type StandardSchema } from './schema.js';
import type { Tool } from './tool.js';

/** A tool that can be mounted: its schemas are known to work. */
export interface CompiledTool extends Pick<
  Tool,
  'name' | 'title' | 'description' | 'annotations' | 'scopes'
> {
  readonly input: CompiledSchema;
  readonly output: CompiledSchema | undefined;
  readonly handler: Tool['handler'];
}

/** What is taken where a tool has no schema for its input. */
const NO_ARGUMENTS: JsonSchema = { type: 'object', additionalProperties: false };

/** The SDKs look tools up in plain objects, which have these members already. */
const TAKEN_NAMES = Object.getOwnPropertyNames(Object.prototype);

/** Callers may come without TypeScript. Only checked by this: what is mounted is the tool itself. */
const SHAPE = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,128}$/, 'must be 1 to 128 letters, digits, "_", "-" or "."')
    .refine((name) => !TAKEN_NAMES.includes(name), 'must be none that every object of JavaScript has'),
  title: z.string().optional(),
  description: z.string(),
  inputSchema: z.custom(isRecord, 'must be a Standard Schema or a JSON Schema').optional(),
  outputSchema: z.custom(isRecord, 'must be a Standard Schema or a JSON Schema').optional(),
  annotations: z.record(z.string(), z.boolean()).optional(),
  scopes: z.array(resourceScope).optional(),
  handler: z.custom((value) => typeof value === 'function', 'must be a function'),
});

/** Some libraries make schemas that are functions. */
function isRecord(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/**
 * Makes tools ready to be mounted.
 *
 * @throws ConfigurationError that names the tool, and what is wrong with it
 */
export function compileTools(tools: readonly Tool[]): readonly CompiledTool[] {
  const compiled = tools.map(compileTool);
  const names = compiled.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ConfigurationError('tools', `${twice} is there twice`);
  return compiled;
}

function compileTool(tool: Tool, at: number): CompiledTool {
  const parsed = SHAPE.safeParse(tool);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new ConfigurationError('tools', `tool ${at + 1}: ${[...path.map(String), message].join(' ')}`);
  }
  const { name, title, description, annotations, scopes, inputSchema = NO_ARGUMENTS, outputSchema } = tool;
  return {
    name,
    description,
    ...(title === undefined ? {} : { title }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(scopes === undefined ? {} : { scopes }),
    input: schemaOf(name, 'input', inputSchema),
    output: outputSchema && schemaOf(name, 'output', outputSchema),
    handler: (input, context) => tool.handler(input, context),
  };
}

function schemaOf(
  name: string,
  side: 'input' | 'output',
  schema: StandardSchema | JsonSchema,
): CompiledSchema {
  try {
    return compileSchema(schema, side);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ConfigurationError('tools', `the ${side}Schema of ${name}: ${message}`);
  }
}
