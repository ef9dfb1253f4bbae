import { fromJsonSchema } from '@modelcontextprotocol/server';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import { checkMirroredArguments } from './mirrored-arguments.js';

/** A JSON Schema; dialect 2020-12 unless its `$schema` says otherwise. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * A schema of a library that can also show it as JSON Schema, such as zod from 4.2 on. What is asked of it is a part
 * of Standard Schema and of Standard JSON Schema, so that no library has to be the one that is used here.
 *
 * @see {@link https://standardschema.dev Standard Schema}
 */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    validate(value: unknown): StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly jsonSchema: Readonly<
      Record<'input' | 'output', (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>>
    >;
  };
}

/** What a {@link StandardSchema} says of a value. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A schema, ready for use. */
export interface CompiledSchema {
  /** what clients see; `type` is `object` */
  readonly json: JsonSchema;
  /** @returns the value as the schema lets it through, or what is wrong with it, in words */
  check(value: unknown): Promise<{ readonly value: unknown } | { readonly wrong: string }>;
}

/**
 * Makes a schema of either kind ready for use.
 *
 * @param side whether it is of what a tool takes or of what it gives: where a schema transforms, the two differ
 * @throws Error in words of the schema's library if it can't be used
 */
export function compileSchema(schema: StandardSchema | JsonSchema, side: 'input' | 'output'): CompiledSchema {
  const { '~standard': standard } = isStandard(schema) ? schema : fromJson(schema);
  // Callers may come without TypeScript, and with a library that knows Standard Schema only.
  if (standard.jsonSchema === undefined) {
    throw new Error(`cannot be shown as JSON Schema by ${standard.vendor}; give plain JSON Schema instead`);
  }
  const json = { ...standard.jsonSchema[side]({ target: 'draft-2020-12' }) };
  if (json['type'] !== 'object') throw new Error('must describe an object: its type has to be "object"');
  if (side === 'input') checkMirroredArguments(json);
  return {
    json,
    async check(value) {
      const result = await standard.validate(value);
      return result.issues ? { wrong: describe(result.issues) } : { value: result.value };
    },
  };
}

function isStandard(schema: StandardSchema | JsonSchema): schema is StandardSchema {
  return '~standard' in schema;
}

/** A validator of its own for each schema: one for all would take two schemas with the same `$id` for one. */
function fromJson(schema: JsonSchema) {
  return fromJsonSchema({ ...schema }, new AjvJsonSchemaValidator());
}

/** A client that sends much that is wrong needs no more than this to find out. */
const MAX_ISSUES = 5;
const MAX_LENGTH = 500;

function describe(issues: readonly SchemaIssue[]): string {
  return issues
    .slice(0, MAX_ISSUES)
    .map(({ message, path = [] }) => {
      const place = path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.');
      return place === '' ? message : `${place}: ${message}`;
    })
    .join('; ')
    .slice(0, MAX_LENGTH);
}
